// Commands that Planloom prints, read by its own parser. In: each action, with names of others, and the flags of the
// command that prints it. Out: a command line that the parser takes, with the run, the store and the configuration.
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { carry, carryMemory, carryStore, commandLine } from "../../src/cli/carried.js";
import { programFor } from "../../src/cli/commands.js";
import { LOADERS } from "../../src/cli/loaders.js";
import { waitingLines } from "../../src/cli/render/end.js";
import { cliSurface, toldOnce } from "../../src/cli/surface.js";
import { COMMANDS } from "../../src/cli/table/commands.js";
import type { Action } from "../../src/words/action.js";

afterEach(() => carry({}));

const ODD = "it's $HOME; `x`";
const RUN = { runId: ODD };
const HASH = "0123456789abcdef01234567";

const ACTIONS: readonly Action[] = [
  { action: "retry", ...RUN },
  { action: "retry", ...RUN, from: ODD, plan: true, inputs: true, model: "planner" },
  { action: "resume", ...RUN },
  { action: "resume", ...RUN, takeOver: true },
  ...(["show", "watch", "cancel", "record", "edit", "events", "diff", "trace"] as const).map((action): Action => ({
    action,
    ...RUN,
  })),
  { action: "answer", ...RUN },
  { action: "answer", ...RUN, partial: true },
  { action: "approve", ...RUN, hash: HASH },
  { action: "reject", ...RUN, hash: HASH },
  { action: "respond", ...RUN, step: ODD, item: 2 },
  { action: "settle", ...RUN, step: ODD, item: 0 },
  { action: "settle", ...RUN, step: ODD, unusable: true },
  { action: "fork", ...RUN, at: ODD },
  { action: "list-runs" },
  { action: "list-tools" },
  { action: "list-playbooks" },
  { action: "back-up-store" },
  { action: "accept-loss" },
  { action: "save-playbook", ...RUN, playbook: "weekly-report", force: true },
  { action: "start", playbook: "weekly-report", input: "week", value: "32" },
  { action: "start" },
  { action: "start", plan: true, file: "a b.yaml", inputs: true },
  { action: "check-plan", file: "a b.yaml" },
  { action: "trust", folder: "/home/a b" },
];

/** The words of a command as a shell reads them. One of several verdicts is chosen. */
function wordsIn(command: string): readonly string[] {
  const one = command
    .replaceAll(/^`|`$/g, "")
    .replaceAll("RUN", "run_1")
    .replace(/ \| .*$/, "");
  const out = execFileSync("/bin/sh", ["-c", `for word in ${one}; do printf '%s\\0' "$word"; done`], {
    encoding: "utf8",
  });
  const words = out.split("\0").slice(0, -1);
  return words.slice(words.indexOf("planloom") + 1);
}

const OF_STORE = ["back-up-store", "accept-loss"];

interface Parsed {
  readonly command: string;
  readonly args: readonly unknown[];
  readonly flags: { readonly [name: string]: unknown };
}

/** What the parser gives to the command. Rejects with what is wrong with the words. */
async function parsed(words: readonly string[]): Promise<Parsed> {
  const calls: Parsed[] = [];
  for (const name of Object.keys(LOADERS))
    vi.spyOn(LOADERS, name).mockImplementation(async () => async (...all: never[]) => {
      const args = all as readonly unknown[];
      calls.push({ command: name, args: args.slice(0, -2), flags: args.at(-2) as Parsed["flags"] });
      return 0;
    });
  await programFor({ code: 0 }).parseAsync([...words], { from: "user" });
  vi.restoreAllMocks();
  return calls[0]!;
}

const FLAGS = {
  store: "sub/s 1.db",
  config: "conf/my planloom.config.ts",
  files: ["docs", "a b"],
  search: "http://localhost:8080",
  model: "m",
  plannerBaseUrl: "http://127.0.0.1:1/v1",
};

const takes = (name: string, flag: string) =>
  COMMANDS.find((command) => command.name === name)?.flags?.some((one) => one.flag.startsWith(`${flag} `)) === true;

describe.skipIf(process.platform === "win32")("a printed command is one that the parser takes:", () => {
  test.each(ACTIONS)("%j", async (action) => {
    carry(FLAGS);
    const words = wordsIn(cliSurface(action));
    const { command, args, flags } = await parsed(words);
    expect(`${words.join(" ")} `).toMatch(new RegExp(`^${command} `));
    if ("runId" in action) expect(args[0]).toBe(ODD);
    if ("step" in action && action.step !== undefined) expect(args[1]).toBe(ODD);
    if (takes(command, "--store"))
      expect(flags).toMatchObject({ store: resolve(FLAGS.store), config: resolve(FLAGS.config) });
    if (takes(command, "--files")) expect(flags).toMatchObject({ files: [resolve("docs"), resolve("a b")] });
    if (takes(command, "--search")) expect(flags).toMatchObject({ search: FLAGS.search });
    if (takes(command, "--planner-base-url")) expect(flags).toMatchObject({ plannerBaseUrl: FLAGS.plannerBaseUrl });
    if ("hash" in action) expect(flags["hash"]).toBe(HASH);
  });

  test("commands that drive a run take every carried flag", () => {
    for (const name of ["resume", "retry", "approve", "reject", "respond", "edit", "fork", "cancel", "run"])
      for (const flag of ["--store", "--config", "--search", "--files", "--model", "--planner-base-url"])
        expect({ name, flag, takes: takes(name, flag) }).toEqual({ name, flag, takes: true });
  });
});

test("a run in memory has no next command: it is told that the run ends with this process, and how to keep one", () => {
  carry({ store: "memory" });
  carryMemory();
  for (const action of ACTIONS) {
    const isOfRun = ![
      "list-runs",
      "list-tools",
      "list-playbooks",
      "start",
      "check-plan",
      "trust",
      ...OF_STORE,
    ].includes(action.action);
    expect({ action, text: cliSurface(action) }).toEqual({
      action,
      text: expect.stringContaining(isOfRun ? "`--store FILE` (this one is in memory" : "planloom ") as string,
    });
  }
  const resume = cliSurface({ action: "resume", runId: "run_1" });
  expect(toldOnce(`Mend it. Continue with ${resume}, or ${resume}. Wait.`)).toBe(
    "Mend it. Wait. This run is in memory, and ends with this process. Start it again with `--store FILE`.",
  );
  expect(toldOnce("Mend it. Wait.")).toBe("Mend it. Wait.");
  const call = { step: "pay", tool: "t", key: "k", attempt: 1, at: "now", error: "e" };
  const approval = {
    hash: HASH,
    reason: "r",
    code: "STEP_ASKS",
    rejecting: "the run ends",
    expiresAt: "never",
  } as const;
  const lines = waitingLines("run_1", {
    approvals: [
      { ...approval, subject: "plan" },
      { ...approval, subject: { step: "pay" }, args: { text: "x".repeat(20_000) }, editable: true, rest: ["values"] },
    ],
    questions: [{ step: "q", question: "Which?" }],
    unknown: [call],
    unusable: [{ ...call, args: {}, output: 1, next: "n" }],
  });
  expect(lines.join("\n")).toContain("of run run_1 asks");
  expect(lines.filter((line) => /planloom|respond|--(?:hash|use|happened)/.test(line))).toEqual([]);
  expect(lines.at(-1)).toMatch(/^Run run_1 waits, but it ends with this process.* --store FILE$/);
  carry({});
  expect(cliSurface({ action: "resume", runId: "run_1" })).toMatch(/planloom resume run_1`$/);
});

test("without flags nothing is added, and a store that was named stays", () => {
  carry({});
  expect(commandLine(["resume", "run_1"], "planloom")).toBe("planloom resume run_1");
  carryStore("/a/s.db");
  expect(commandLine(["resume", "run_1"], "planloom")).toBe("planloom resume run_1 --store /a/s.db");
  carry({ config: "/c.ts" }, { PLANLOOM_STORE: "/e.db", PLANLOOM_CONFIG: "/e.ts" });
  expect(commandLine(["resume", "run_1"], "planloom")).toBe("planloom resume run_1 --config /c.ts --store /e.db");
  carry({ store: "memory" });
  carryStore("/a/s.db");
  expect(commandLine(["show", "run_1", "--trace"], "planloom")).toBe("planloom show run_1 --store memory --trace");
  expect(commandLine(["trust", "/a"], "planloom")).toBe("planloom trust /a");
});
