// The table of commands, and what is made from it: the parser, the help, the completion of shells and the reference.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { completionScript } from "../../src/cli/completion.js";
import { programFor } from "../../src/cli/commands.js";
import { LOADERS } from "../../src/cli/loaders.js";
import { COMMANDS, commandReference, type ReferencedFlag } from "../../src/cli/table/commands.js";
import { workspace } from "./planloom.js";

const REFERENCE = commandReference();

test("each command has code, a description and examples that its own parser takes", async () => {
  expect(REFERENCE.map(({ name }) => name).sort()).toEqual(Object.keys(LOADERS).sort());
  for (const { name, description, examples } of REFERENCE) {
    expect(description).toMatch(/^[A-Z].*\.$/s);
    expect(examples.length, name).toBeGreaterThan(0);
    for (const { words } of examples) expect(words === name || words.startsWith(`${name} `), words).toBe(true);
  }
  for (const load of Object.values(LOADERS)) expect(await load()).toBeTypeOf("function");
});

test("the examples use flags and arguments as they are", async () => {
  const saved = { ...LOADERS };
  const called: string[] = [];
  const table: { [name: string]: unknown } = LOADERS;
  for (const name of Object.keys(table)) table[name] = () => Promise.resolve(() => Promise.resolve(called.push(name)));
  try {
    for (const { name, examples } of REFERENCE)
      for (const { words } of examples) {
        const [line = ""] = words.split(/ (?:>>?|\|) /);
        const parts = [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? "");
        await programFor({ code: 0 }).parseAsync(parts, { from: "user" });
        expect(called.at(-1), words).toBe(name);
      }
  } finally {
    Object.assign(table, saved);
  }
});

test("a flag has one name and one kind of value everywhere", () => {
  const flags = REFERENCE.flatMap((command) => command.flags);
  const by = (
    key: (flag: ReferencedFlag) => string | undefined,
    value: (flag: ReferencedFlag) => string | undefined,
  ) => {
    const all = new Map<string, Set<string | undefined>>();
    for (const flag of flags) {
      const name = key(flag);
      if (name !== undefined) all.set(name, (all.get(name) ?? new Set()).add(value(flag)));
    }
    return [...all].filter(([, values]) => values.size > 1);
  };
  expect(
    by(
      ({ short }) => short,
      ({ long }) => long,
    ),
  ).toEqual([]);
  expect(
    by(
      ({ long }) => long,
      ({ short }) => short,
    ),
  ).toEqual([]);
  expect(
    by(
      ({ long }) => long,
      ({ value }) => value,
    ),
  ).toEqual([]);
});

test("a command has only the flags of the models that it calls", () => {
  const models = (name: string) =>
    REFERENCE.find((command) => command.name === name)!.flags.flatMap(
      ({ long }) => /^--(\w+)-model$/.exec(long)?.[1] ?? [],
    );
  expect(models("plan")).toEqual(["planner"]);
  expect(models("answer")).toEqual(["synthesizer"]);
  expect(models("run")).toEqual(["planner", "executor", "synthesizer"]);
  // summarize is a tool where there is an executor.
  for (const name of ["check", "graph", "tools"]) expect(models(name)).toEqual(["executor"]);
  for (const name of ["runs", "show", "watch", "init"]) expect(models(name)).toEqual([]);
});

test.skipIf(process.platform === "win32")("bash completes commands, flags, choices, subcommands and runs", () => {
  const here = workspace();
  const file = join(here.folder, "completion.bash");
  const complete = (...words: readonly string[]) =>
    `COMP_WORDS=(planloom ${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length}; COMPREPLY=(); _planloom; echo "\${COMPREPLY[*]}"`;
  const script = [
    completionScript("bash", COMMANDS),
    "planloom() { echo last; echo run_abc; echo run_xyz; }",
    complete("re"),
    complete("run", "--appr"),
    complete("run", "--approval", ""),
    complete("show", "run_"),
    complete("models", "t"),
    complete("models", "test", "--j"),
    complete("approve", "last", "--rest", ""),
    complete("run", "--config", join(here.folder, "compl")),
  ];
  writeFileSync(file, script.join("\n"));
  const { stdout, stderr } = spawnSync("bash", [file], { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(stdout.trimEnd().split("\n")).toEqual([
    "report replay resume retry reject respond",
    "--approval-timeout --approval",
    "never always effects",
    "run_abc run_xyz",
    "test",
    "--json",
    "values host",
    file,
  ]);
});

test("zsh and fish get every command and flag with its description", () => {
  const zsh = completionScript("zsh", COMMANDS);
  const fish = completionScript("fish", COMMANDS);
  for (const { name, flags } of REFERENCE) {
    expect(zsh).toContain(`'${name}')`);
    expect(fish).toContain(`-a ${name.split(" ").at(-1)} -d `);
    for (const { long } of flags) {
      expect(zsh).toContain(`'${long}:`);
      expect(fish).toContain(`-l ${long.slice(2)} `);
    }
  }
  expect(fish).toContain("'(planloom completion runs 2>/dev/null)'");
});

const SUM = { steps: [{ id: "a", tool: "calculate", with: { expression: "6*7" } }], answer: { value: "${{ a }}" } };

test("a run gets the id that --run-id gives; completion, watch and answer find it", async () => {
  const here = workspace();
  here.write("p.json", SUM);
  const store = ["--store", "s.db"];
  const first = await here.run(["run", "p.json", "--run-id", "nightly-7", ...store]);
  expect(first).toMatchObject({ code: 0, stdout: "42\n" });
  const again = await here.json<{ error: object }>(["run", "p.json", "--run-id", "nightly-7", "--json", ...store]);
  expect(again.error).toMatchObject({ code: "RUN_EXISTS" });
  expect((await here.run(["completion", "runs", ...store])).stdout).toBe("last\nnightly-7\n");
  expect(await here.run(["watch", "nightly-7", ...store])).toMatchObject({ code: 0, stdout: "42\n" });
  expect(await here.json(["watch", "nightly-7", "-q", "--json", ...store])).toMatchObject({ answer: 42, exit: 0 });
  expect(await here.json(["answer", "nightly-7", "--json", ...store])).toMatchObject({ answer: 42, exit: 0 });
});

test.each([
  [["run", "--json"], "USAGE"],
  [["run", "p.yaml", "--json"], "PLAN_INVALID"],
  [["run", "p.yaml", "--json", "--concurrency", "none"], "USAGE"],
  [["run", "p.yaml", "--json", "--config", "none.yaml"], "CONFIG_NOT_FOUND"],
  [["watch", "none", "--json"], "RUN_UNKNOWN"],
  [["no-such-command", "--json"], "USAGE"],
  [["completion", "tcsh", "--json"], "USAGE"],
])("%j prints one document with the error %s", async (args, code) => {
  const here = workspace();
  here.write(
    "p.yaml",
    'steps: [{ id: a, tool: calculate, with: { expression: "1+1" } }]\nanswer: { value: "${{ inputs.who }}" }\n',
  );
  const { exit, error } = await here.json<{ error: { code: string; next: string } }>(args);
  expect(error.code).toBe(code);
  expect(error.next).not.toBe("");
  expect(exit).toBeGreaterThan(1);
});
