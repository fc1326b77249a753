// Whose folder is it: configuration that was found counts as the user's own only in a folder that the user trusts.
import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { startFakeOpenAI } from "../../src/testing/index.js";
import { trustListPath } from "../../src/files/trusted-folders.js";
import { askToTrust } from "../../src/cli/trust-question.js";
import { giveAway, hasModes, isRoot, modeOf, newFolder, put } from "../files/places.js";
import { SUMS, workspace, type Workspace } from "./planloom.js";

/** A folder that nobody has trusted, and a user with a home of their own. */
function stranger(env: { readonly [name: string]: string } = {}): Workspace & { readonly home: string } {
  const home = newFolder();
  return { ...workspace({ PLANLOOM_TRUST: "", HOME: home, NO_COLOR: "1", ...env }), home };
}

/** Leaves a trace where it runs. */
const CODE = `import { writeFileSync } from "node:fs"; writeFileSync(new URL("ran", import.meta.url), "");
import { tool } from "planloom"; import { z } from "zod";
export default { tools: [tool({ name: "shout", description: "Says it louder.", effects: "none", input: z.object({ text: z.string() }),
  output: z.string(), run: ({ text }) => text.toUpperCase() })] };\n`;
const SHOUT = {
  steps: [{ id: "loud", title: "Say it", tool: "shout", with: { text: "hey" } }],
  answer: { value: "${{ loud }}" },
};
const ADD = {
  steps: [{ id: "sum", title: "Add", tool: "calculate", with: { expression: "1 + 1" } }],
  answer: { value: "${{ sum }}" },
};

const ran = (here: Workspace): boolean => existsSync(join(here.folder, "ran"));

describe("code that was found", () => {
  test.each(["ts", "js"])("as planloom.config.%s does not run, and a run says how to trust it", async (ending) => {
    const here = stranger();
    here.write(`planloom.config.${ending}`, CODE);
    here.write("plan.json", ADD);
    const ended = await here.run(["run", "plan.json"]);
    expect([ended.code, ended.stdout, ran(here)]).toEqual([4, "", false]);
    expect(ended.stderr).toContain("CONFIG_NOT_TRUSTED");
    expect(ended.stderr).toContain(`planloom trust ${realpathSync(here.folder)}`);
    expect(existsSync(join(here.folder, ".planloom"))).toBe(false);
  });

  test("is not run by commands that only read; they say so, and which store they read", async () => {
    const here = stranger();
    here.write("plan.json", ADD);
    await here.run(["run", "plan.json", "-q", "--record", "run.json"]);
    here.write("planloom.config.mjs", CODE);
    const path = join(realpathSync(here.folder), ".planloom", "planloom.db");
    const store = expect.stringContaining(`The store is ${path}`) as string;
    for (const args of [["runs"], ["show", "last"], ["answer", "last"], ["events", "last"], ["replay", "last"]])
      expect([args, await here.run(args)]).toMatchObject([args, { code: 0, stderr: store }]);
    const others = [
      ...[["tools"], ["models"], ["check", "plan.json"], ["estimate", "plan.json"], ["graph", "plan.json"]],
      ...[
        ["demo", "-q"],
        ["run", "--from-recording", "run.json"],
      ],
    ];
    const untrusted = expect.stringContaining("in a folder that you have not trusted") as string;
    for (const args of others)
      expect([args, await here.run(args)]).toMatchObject([args, { code: 0, stderr: untrusted }]);
    expect((await here.run(["doctor", "--offline"])).stdout).toMatch(/^wrong +config +CONFIG_NOT_TRUSTED/m);
    expect((await here.run(["schema"])).code).toBe(0);
    expect(ran(here)).toBe(false);
  });

  test("stops commands that need its tools", async () => {
    const here = stranger();
    here.write("plan.json", ADD);
    await here.run(["run", "plan.json", "-q"]);
    here.write("planloom.config.mjs", CODE);
    for (const args of [
      ["resume", "last"],
      ["retry", "last"],
      ["approve", "last"],
      ["plan", "a goal"],
    ]) {
      const ended = await here.run(args);
      expect([args, ended.code, ended.stderr]).toEqual([args, 4, expect.stringContaining("CONFIG_NOT_TRUSTED")]);
    }
    expect(ran(here)).toBe(false);
  });

  test("is asked for where a plan needs its tools: such a plan is not called unsound", async () => {
    const here = stranger();
    here.write("planloom.config.mjs", CODE);
    here.write("plan.json", SHOUT);
    for (const command of ["check", "estimate"]) {
      const ended = await here.run([command, "plan.json"]);
      expect([ended.code, ran(here)]).toEqual([4, false]);
      expect(ended.stderr).toContain("error CONFIG_NOT_TRUSTED");
    }
  });

  test("runs after planloom trust, and not any more after --remove; the list is private", async () => {
    const here = stranger();
    here.write("planloom.config.mjs", CODE);
    here.write("plan.json", SHOUT);
    const place = realpathSync(here.folder);
    expect((await here.run(["trust"])).stderr).toContain(`You trust ${place} now.`);
    const ended = await here.run(["run", "plan.json"]);
    expect([ended.code, ended.stdout, ran(here)]).toEqual([0, "HEY\n", true]);
    expect(ended.stderr).toContain(`The configuration is ${join(place, "planloom.config.mjs")}`);
    const list = trustListPath({}, here.home);
    if (hasModes) expect(modeOf(list)).toBe("600");
    expect((await here.run(["trust", "--list"])).stdout).toMatch(new RegExp(`^${place} {2}since 20`));
    expect((await here.run(["trust", "--remove"])).code).toBe(0);
    expect((await here.run(["trust", "--list"])).stdout).toBe("");
    expect((await here.run(["run", "plan.json"])).code).toBe(4);
  });

  test("is trusted by the environment, or by its name", async () => {
    const here = stranger();
    here.write("planloom.config.mjs", CODE);
    here.write("plan.json", SHOUT);
    const place = realpathSync(here.folder);
    for (const env of [{ PLANLOOM_TRUST: `/nowhere:${place}` }, { PLANLOOM_CONFIG: "planloom.config.mjs" }])
      expect(await here.run(["run", "plan.json", "-q"], { env })).toMatchObject({ code: 0, stdout: "HEY\n" });
    const named = await here.run(["run", "plan.json", "-q", "--config", "planloom.config.mjs"]);
    expect(named).toMatchObject({ code: 0, stdout: "HEY\n", stderr: "" });
    const relative = await here.run(["run", "plan.json"], { env: { PLANLOOM_TRUST: "." } });
    expect([relative.code, relative.stderr]).toEqual([4, expect.stringContaining("CONFIG_NOT_TRUSTED")]);
  });

  test("below or above a trusted folder is not trusted with it", async () => {
    const here = stranger();
    mkdirSync(join(here.folder, ".git"));
    mkdirSync(join(here.folder, "below"));
    here.write("below/planloom.config.mjs", CODE);
    here.write("below/plan.json", ADD);
    await here.run(["trust", "."]);
    expect((await here.run(["run", "plan.json"], { below: "below" })).code).toBe(4);
    await here.run(["trust", "below"]);
    expect((await here.run(["run", "plan.json"], { below: "below" })).code).toBe(0);
    here.write("planloom.config.mjs", CODE);
    here.remove("below/planloom.config.mjs");
    await here.run(["trust", "--remove", "."]);
    expect((await here.run(["run", "../below/plan.json"], { below: "below" })).code).toBe(4);
  });

  test("above the root of the project is not looked at", async () => {
    const here = stranger();
    mkdirSync(join(here.folder, "app", ".git"), { recursive: true });
    here.write("planloom.config.mjs", CODE);
    here.write("planloom.config.json", "not JSON");
    here.write("app/plan.json", ADD);
    const ended = await here.run(["run", "plan.json"], { below: "app" });
    expect([ended.code, ended.stdout, ran(here)]).toEqual([0, "2\n", false]);
  });
});

describe("the question on a terminal", () => {
  const asked = async (answer: string | undefined) => {
    const home = newFolder();
    const { HOME = "" } = process.env;
    process.env["HOME"] = home;
    onTestFinished(() => void (process.env["HOME"] = HOME));
    const file = put(join(newFolder(), "planloom.config.mjs"));
    const said: string[] = [];
    const terminal = { ask: async () => answer, say: (text = "") => void said.push(text) };
    return { outcome: await askToTrust(file, terminal), said, isKept: existsSync(trustListPath({}, home)), file };
  };

  test.each(["y", "yes", "Y"])("%s lets it run, and is kept", async (answer) => {
    const { outcome, isKept, said, file } = await asked(answer);
    expect([outcome, isKept]).toEqual(["run", true]);
    expect(said[0]).toContain(file);
  });

  test.each(["n", "", "yellow", undefined])("%s refuses it, and keeps nothing", async (answer) => {
    expect(await asked(answer)).toMatchObject({ outcome: "refuse", isKept: false });
  });

  test("is not asked without a terminal", async () => {
    expect(await askToTrust("/x/planloom.config.ts", undefined)).toBe("refuse");
    const here = stranger();
    here.write("planloom.config.mjs", CODE);
    here.write("plan.json", ADD);
    expect((await here.run(["run", "plan.json"], { stdin: "open" })).code).toBe(4);
  });
});

describe("data that was found", () => {
  test("does not send the user's key or goal to an address of its own", async () => {
    const server = await startFakeOpenAI({ reply: () => ({ json: SUMS }) });
    onTestFinished(() => server.close());
    const key = "sk-only-for-its-own-server";
    for (const models of [
      { default: { model: "m", baseURL: server.url } },
      { planner: { model: "m", baseURL: server.url }, executor: { baseURL: server.url } },
      { default: { model: "m", baseURL: server.url, apiKey: "theirs" } },
    ]) {
      const here = stranger({ PLANLOOM_API_KEY: key, OPENAI_API_KEY: key, OPENAI_BASE_URL: "http://127.0.0.1:9/v1" });
      here.write("planloom.config.json", { models });
      const ended = await here.run(["run", "my goal", "--model", "m"]);
      expect(ended.code).not.toBe(0);
      expect(ended.stderr).toMatch(/these settings do not count: models\. To trust the folder: `planloom trust/);
    }
    expect(server.requests).toEqual([]);
  });

  test("is used as it is after the folder was trusted", async () => {
    const server = await startFakeOpenAI({
      reply: () => ({ json: { ...SUMS, answer: { value: "${{ left + right }}" } } }),
    });
    onTestFinished(() => server.close());
    const here = stranger();
    here.write("planloom.config.json", { models: { default: { model: "m", baseURL: server.url } } });
    await here.run(["trust"]);
    expect((await here.run(["run", "my goal"])).stdout).toBe("14\n");
  });

  test("does not loosen the approval, and may ask for more of it", async () => {
    const here = stranger();
    here.write("planloom.config.yaml", "approval: never\nbuiltins: { files: { roots: [.], write: true } }\n");
    here.write("plan.json", { steps: [{ id: "w", tool: "write_file", with: { path: "notes.txt", text: "x" } }] });
    const waiting = await here.run(["run", "plan.json"]);
    expect([waiting.code, existsSync(join(here.folder, "notes.txt"))]).toEqual([5, false]);
    expect(waiting.stderr).toContain("these settings do not count: approval.");
    here.write("planloom.config.yaml", "approval: always\n");
    here.write("plan.json", ADD);
    const asked = await here.run(["run", "plan.json"]);
    expect([asked.code, asked.stderr.includes("do not count")]).toEqual([5, false]);
  });

  test("does not reach a folder outside of its own, by its name or by a link", async () => {
    const here = stranger();
    put(join(here.home, "private.txt"), "PRIVATE TEXT");
    put(join(here.folder, "own", "note.txt"), "own text");
    symlinkSync(here.home, join(here.folder, "linked"));
    const read = (path: string) => ({
      steps: [{ id: "r", title: "Read", tool: "read_file", with: { path } }],
      answer: { value: "${{ r.text }}" },
    });
    here.write("planloom.config.json", { builtins: { files: { roots: [here.home, "linked", "own"] } } });
    here.write("plan.json", read("note.txt"));
    const own = await here.run(["run", "plan.json"]);
    expect(own).toMatchObject({ code: 0, stdout: "own text\n" });
    expect(own.stderr).toContain(`builtins.files.roots (${here.home}), builtins.files.roots (`);
    here.write("plan.json", read("private.txt"));
    const outside = await here.run(["run", "plan.json"]);
    expect(outside.stdout + outside.stderr).not.toContain("PRIVATE TEXT");
    expect(outside.code).not.toBe(0);
  });

  test("does not put the store outside of its folder", async () => {
    const here = stranger();
    const outside = newFolder();
    here.write("plan.json", ADD);
    for (const store of [join(outside, "runs.db"), "link/runs.db", "memory"]) {
      if (!existsSync(join(here.folder, "link"))) symlinkSync(outside, join(here.folder, "link"));
      here.write("planloom.config.json", { store });
      const ended = await here.run(["run", "plan.json"]);
      expect([ended.code, ended.stderr]).toEqual([0, expect.stringContaining("do not count: store.")]);
    }
    expect(existsSync(join(outside, "runs.db"))).toBe(false);
    here.write("planloom.config.json", { store: "kept/runs.db" });
    await here.run(["run", "plan.json"]);
    expect(existsSync(join(here.folder, "kept", "runs.db"))).toBe(true);
  });

  test("does not have a provider's package loaded from its folder", async () => {
    const here = stranger();
    put(join(here.folder, "node_modules/@ai-sdk/acme/package.json"), '{ "name": "@ai-sdk/acme", "main": "index.cjs" }');
    put(
      join(here.folder, "node_modules/@ai-sdk/acme/index.cjs"),
      `require("fs").writeFileSync(${JSON.stringify(join(here.folder, "ran"))}, ""); exports.createAcme = () => ({ languageModel: () => ({}) });`,
    );
    here.write("plan.json", { steps: [{ id: "a", title: "Say", agent: "Say hi." }] });
    const tries = [["doctor"], ["models", "test"], ["run", "-q", "plan.json"]];
    for (const args of tries) await here.run(args, { env: { PLANLOOM_MODEL: "acme:large" } });
    here.write("planloom.config.yaml", 'models: { default: "acme:large" }\n');
    for (const args of tries) await here.run(args);
    expect(ran(here)).toBe(false);
    await here.run(["trust"]);
    await here.run(["run", "-q", "plan.json"]);
    expect(ran(here)).toBe(true);
  });

  test("that is wrong says so", async () => {
    const here = stranger();
    here.write("planloom.config.yaml", "limits: { turns: many }\n");
    const ended = await here.run(["tools"]);
    expect([ended.code, ended.stderr]).toEqual([4, expect.stringMatching(/CONFIG_INVALID.*planloom\.config\.yaml/)]);
    here.write("planloom.config.yaml", `goal: "${"x".repeat(1_100_000)}"\n`);
    expect((await here.run(["tools"])).stderr).toContain("CONFIG_FAILED");
  });
});

describe.runIf(hasModes)("a file that others could have changed is not used, and the command says so", () => {
  /** A shared folder, and a folder of the user's own below it. */
  function shared() {
    const here = stranger();
    mkdirSync(join(here.folder, ".git"));
    mkdirSync(join(here.folder, "mine"));
    here.write("mine/plan.json", ADD);
    here.write("planloom.config.mjs", CODE);
    here.write("planloom.config.yaml", "approval: always\n");
    const files = ["planloom.config.mjs", "planloom.config.yaml"].map((name) => join(here.folder, name));
    return { here, files };
  }

  test.each<[string, string, (files: readonly string[], folder: string) => void]>([
    ["they can write to it", "other users can write to it", (files) => files.forEach((file) => chmodSync(file, 0o666))],
    ["they can write to its folder", "write to its folder", (_files, folder) => chmodSync(folder, 0o777)],
  ])("%s", async (_what, words, change) => {
    const { here, files } = shared();
    change(files, here.folder);
    for (const args of [["run", "plan.json"], ["runs"]]) {
      const ended = await here.run(args, { below: "mine" });
      expect([ended.code, ran(here)]).toEqual([0, false]);
      expect(ended.stderr).toContain(words);
    }
  });

  test.runIf(isRoot)("it is theirs, or its folder is", async () => {
    const { here, files } = shared();
    giveAway(...files);
    const first = await here.run(["run", "plan.json"], { below: "mine" });
    expect([first.code, ran(here)]).toEqual([0, false]);
    expect(first.stderr).toContain("it belongs to another user");
    const other = shared();
    giveAway(other.here.folder);
    const second = await other.here.run(["run", "plan.json"], { below: "mine" });
    expect([second.code, ran(other.here)]).toEqual([0, false]);
    expect(second.stderr).toContain("its folder belongs to another user");
    // The user may trust that folder all the same.
    await other.here.run(["trust", other.here.folder]);
    await other.here.run(["runs"], { below: "mine" });
    expect(ran(other.here)).toBe(true);
  });

  test("it is a link", async () => {
    const here = stranger();
    const elsewhere = put(join(newFolder(), "planloom.config.mjs"), CODE);
    symlinkSync(elsewhere, join(here.folder, "planloom.config.mjs"));
    const ended = await here.run(["tools"]);
    expect([ended.code, ended.stderr]).toEqual([0, expect.stringContaining("is a symbolic link")]);
  });
});

describe("the store", () => {
  test("is told where it lies if that is not below the working folder", async () => {
    const here = stranger();
    mkdirSync(join(here.folder, ".git"));
    mkdirSync(join(here.folder, "below"));
    here.write("plan.json", ADD);
    here.write("below/plan.json", ADD);
    expect((await here.run(["run", "plan.json"])).stderr).not.toContain("The store is");
    const place = `The store is ${join(realpathSync(here.folder), ".planloom", "planloom.db")}.`;
    for (const args of [["run", "plan.json"], ["runs"]])
      expect((await here.run(args, { below: "below" })).stderr).toContain(place);
  });

  test.runIf(hasModes)("of an older version is made private once, and the command says so", async () => {
    const here = stranger();
    here.write("plan.json", ADD);
    await here.run(["run", "plan.json", "-q", "--record", "run.json"]);
    const store = join(here.folder, ".planloom", "planloom.db");
    expect([join(here.folder, ".planloom"), store, join(here.folder, "run.json")].map(modeOf)).toEqual([
      ...["700", "600", "600"],
    ]);
    chmodSync(store, 0o644);
    chmodSync(join(here.folder, ".planloom"), 0o755);
    expect((await here.run(["runs"])).stderr).toContain("Now only you can");
    expect((await here.run(["runs"])).stderr).toBe("");
    expect([join(here.folder, ".planloom"), store].map(modeOf)).toEqual(["700", "600"]);
  });

  test("that cannot be reached is not read as empty", async () => {
    const here = stranger();
    symlinkSync("loop", join(here.folder, "loop"));
    for (const store of ["loop", "loop/runs.db"]) {
      const ended = await here.run(["runs", "--store", store]);
      expect([ended.code, ended.stderr]).toEqual([4, expect.stringContaining("STORE_FAILED")]);
    }
  });

  test("behind a link is refused, and nothing is made outside", async () => {
    const here = stranger();
    const outside = newFolder();
    mkdirSync(join(here.folder, ".planloom"));
    symlinkSync(join(outside, "new.db"), join(here.folder, ".planloom", "planloom.db"));
    here.write("plan.json", ADD);
    const ended = await here.run(["run", "plan.json"]);
    expect([ended.code, ended.stderr]).toEqual([4, expect.stringContaining("is a symbolic link")]);
    expect(existsSync(join(outside, "new.db"))).toBe(false);
    const file = put(join(outside, "victim"), "kept");
    symlinkSync(file, join(here.folder, "run.json"));
    const recorded = await here.run(["run", "plan.json", "--store", "memory", "--record", "run.json"]);
    expect(recorded.stderr).toContain("FILE_UNWRITABLE");
    expect(readFileSync(file, "utf8")).toBe("kept");
  });
});
