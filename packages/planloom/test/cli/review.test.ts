// The conversation about what waits for approval, over two streams in the place of a terminal; and once over a real
// one.
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { interview } from "../../src/cli/interview.js";
import { Follower } from "../../src/cli/follow.js";
import { openTerminal } from "../../src/cli/prompt.js";
import type { Said } from "../../src/cli/review.js";
import { createLoom } from "../../src/loom/create-loom.js";
import type { LoomConfig } from "../../src/loom/config.js";
import type { LoomRun } from "../../src/loom/loom-run.js";
import type { JsonObject } from "../../src/plan/json.js";
import { memoryStore } from "../../src/store/memory.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import { tool } from "../../src/tools/tool.js";
import { BIN, workspace } from "./planloom.js";

const paid: string[] = [];

const text = { type: "object", properties: { to: { type: "string" } }, required: ["to"], additionalProperties: false };
const pay = tool({
  name: "pay",
  description: "Pays somebody.",
  input: text,
  output: { type: "string" },
  effects: "once",
  trusted: true,
  run: ({ to }) => {
    paid.push(to as string);
    return `paid ${to as string}`;
  },
});

const planFor = (to: string, more: object = {}) => ({
  goal: "Pay somebody",
  steps: [
    { id: "first", title: "Pay \u202ethe first", tool: "pay", with: { to }, ...more },
    { id: "second", title: "Pay the second", tool: "pay", with: { to: "bob" } },
    { id: "third", title: "Pay once more", tool: "pay", with: { to: "${{ first }}" } },
  ],
});

afterEach(() => {
  paid.length = 0;
  vi.unstubAllEnvs();
});

/** A run in this process, and what it says to a person who answers each question with the next of these words. */
async function story(config: LoomConfig, plan: unknown, inputs: JsonObject = {}) {
  const loom = await createLoom({ store: memoryStore(), tools: [pay], approval: "effects", ...config }, { env: {} });
  onTestFinished(() => loom.close());
  const display = {
    show: () => undefined,
    follow: () => undefined,
    answer: () => undefined,
    settle: () => undefined,
    rest: () => undefined,
  };
  const follower = new Follower(display);
  const run = await loom.start("Pay somebody", { listener: follower, inputs, ...(plan === undefined ? {} : { plan }) });
  const [input, output] = [new PassThrough(), new PassThrough()];
  let heard = "";
  const words: string[] = [];
  output.on("data", (piece: Buffer) => {
    heard += piece.toString();
    // A question ends its piece, and is the only thing that does not end in a new line.
    if (/[?:] $/.test(heard) && words.length > 0) {
      heard += "\n";
      setImmediate((word) => input.write(`${word}\n`), words.shift()!);
    }
  });
  const terminal = openTerminal(input, output);
  const talk = async (...answers: readonly string[]): Promise<{ readonly said: Said; readonly heard: string }> => {
    const document = await run.result();
    heard = "";
    words.push(...answers);
    const signal = new AbortController().signal;
    const said = await interview({ loom, run, follower, terminal, signal }, document);
    expect(words).toEqual([]);
    return { said, heard };
  };
  return { loom, run, talk };
}

test("a terminal that reports no size counts as 80 columns", () => {
  const output = Object.assign(new PassThrough(), { columns: 0 });
  openTerminal(new PassThrough(), output).say("word ".repeat(15).trim());
  expect(String(output.read())).toBe(`${"word ".repeat(15).trim()}\n`);
});

/** An editor that does this to its file, each time the next; and what it found in the file. */
function editor(...scripts: readonly string[]): { readonly found: () => string } {
  const folder = mkdtempSync(join(tmpdir(), "planloom-editor-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "editor.mjs");
  const body = `import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
    const file = process.argv[2], seen = ${JSON.stringify(join(folder, "seen"))};
    const turn = existsSync(seen) ? readFileSync(seen, "utf8").split("=====").length - 1 : 0;
    appendFileSync(seen, readFileSync(file, "utf8") + "=====");
    const change = (from, to) => writeFileSync(file, readFileSync(file, "utf8").replaceAll(from, to));
    [${scripts.map((script) => `() => { ${script} }`).join(", ")}][turn]();`;
  writeFileSync(file, body);
  chmodSync(file, 0o700);
  vi.stubEnv("VISUAL", `${process.execPath} ${file}`);
  return { found: () => readFileSync(join(folder, "seen"), "utf8") };
}

const statusOf = async (run: LoomRun) => (await run.result()).status;

test("a plan is shown with what it would do and take, and approved", async () => {
  const { run, talk } = await story({}, planFor("ann"));
  const { said, heard } = await talk("", "what", "a");
  expect(said).toBe("answered");
  expect(heard).toContain("=== REVIEW ===");
  expect(heard).toMatch(/estimate {2}1 model call, .*no earlier runs/);
  expect(heard).toMatch(/The plan waits for you: it may act through pay \(hash [0-9a-f]{64}, until 20/);
  expect(heard.match(/\[a\]pprove and run/g)).toHaveLength(3);
  expect(await statusOf(run)).toBe("completed");
  expect(paid.toSorted()).toEqual(["ann", "bob", "paid ann"]);
});

test("a plan that was not shown here before is shown whole: waves, effects, and the calls that will be asked for", async () => {
  const { loom, run } = await story({}, planFor("ann", { approval: "required" }));
  const follower = new Follower({
    show: () => undefined,
    follow: () => undefined,
    answer: () => undefined,
    settle: () => undefined,
    rest: () => undefined,
  });
  await run.result();
  follower.hold().seed(await loom.store.read(run.id));
  const [input, output] = [new PassThrough(), new PassThrough()];
  let heard = "";
  output.on("data", (piece: Buffer) => (heard += piece.toString()));
  input.end("q\n");
  const talk = { loom, run, follower, terminal: openTerminal(input, output), signal: new AbortController().signal };
  expect(await interview(talk, await run.result())).toBe("left");
  expect(heard).toMatch(
    /wave 1\n +1\. first +Pay \\u202ethe first {2}\[pay, acts once, needs approval\]\n +2\. second/,
  );
  expect(heard).toMatch(/wave 2\n +3\. third .*<- first/);
  expect(heard).toMatch(/step third: .*\n +tool +pay \(acts once\)[^]*\n +to +"\$\{\{ first \}\}"/);
  expect(heard).toContain("asks     first: its call waits for a person, too");
  expect(heard).not.toContain("\u202e");
});

test("with its calls a plan runs without a further question, where their arguments stand in it", async () => {
  const { run, talk } = await story({}, planFor("ann", { approval: "required" }));
  expect((await talk("c")).said).toBe("answered");
  expect(await statusOf(run)).toBe("completed");
});

test("a call is shown with all its arguments, and not made after a rejection", async () => {
  const long = "x".repeat(30_000);
  const { run, talk } = await story({ approval: "never" }, planFor(`\u202e${long}`, { approval: "required" }));
  const { heard } = await talk("r", "too long");
  expect(heard).toContain('"\\u202exxx');
  expect(heard).toMatch(/28,401 of 30,001 characters are left out between these two: .*planloom show run_\w+ --json/);
  expect(await run.result()).toMatchObject({ status: "failed", error: { code: "CALL_REJECTED" } });
  expect(paid).not.toContain(long);
});

test("a call gets other arguments in an editor: what does not fit comes back, then the call is made with them", async () => {
  const { found } = editor('change("to: ann", "two: ann")', 'change("two: ann", "to: eve")');
  const { run, talk } = await story({ approval: "never" }, planFor("ann", { approval: "required" }));
  const { said, heard } = await talk("e", "e", "a");
  expect(said).toBe("answered");
  expect(heard).toMatch(/arguments\n +to +"eve"/);
  expect(found().split("=====")[1]).toMatch(/#> .*argument.* of pay/);
  expect(await statusOf(run)).toBe("completed");
  expect(paid).toContain("eve");
  expect(paid).not.toContain("ann");
});

test("arguments that were changed can be left as they were", async () => {
  editor('change("ann", "eve")', "");
  const { run, talk } = await story({ approval: "never" }, planFor("ann", { approval: "required" }));
  const { heard } = await talk("e", "b", "e", "a");
  expect(heard).toContain("The arguments stay as they are.");
  expect(await statusOf(run)).toBe("completed");
  expect(paid).toContain("ann");
});

test.each([
  ["v", ["http://a.example/1", "http://a.example/2"], ["http://a.example/1"]],
  ["h", ["http://a.example/1", "http://a.example/2"], ["http://a.example/1", "http://a.example/2"]],
] as const)("inside an agent step, %s approves the call and those like it", async (letter, urls, posted) => {
  const got: string[] = [];
  const post = tool({
    name: "post",
    description: "Posts.",
    input: { type: "object", properties: { url: { type: "string" } }, required: ["url"] },
    effects: "once",
    run: ({ url }) => void got.push(url as string),
  });
  const executor = scriptedModel((_request, turn) =>
    turn < urls.length ? { toolCalls: [{ name: "post", args: { url: urls[turn]! } }] } : { text: "done" },
  );
  const plan = { steps: [{ id: "work", agent: "Post.", with: { page: "${{ inputs.page }}" }, tools: ["post"] }] };
  const config = { approval: "never", tools: [post], models: { executor } } as const;
  const { run, talk } = await story(config, plan, { page: ["a page"] });
  const { said, heard } = await talk(letter);
  expect(said).toBe("answered");
  expect(heard).toContain("the same [v]alues for the rest of the step too, the same [h]ost");
  await run.result();
  expect(got).toEqual(posted);
});

test("feedback gives another plan, with the difference and the reason; quitting leaves it waiting", async () => {
  const requests: string[] = [];
  const planner: NonNullable<LoomConfig["models"]>["planner"] = ({ rejected = [] }) => {
    requests.push(rejected.map(({ comment }) => comment).join());
    return planFor(rejected.length === 0 ? "ann" : "eve");
  };
  const { run, talk } = await story({ models: { planner } }, undefined);
  expect((await talk("f", "", "f", "pay eve")).said).toBe("answered");
  const { said, heard } = await talk("d", "q");
  expect(said).toBe("left");
  expect(heard).toContain('- with.to: "ann"');
  expect(heard).toContain('+ with.to: "eve"');
  expect(requests).toEqual(["", "pay eve"]);
  expect(await run.result()).toMatchObject({ status: "awaiting-approval", plan: { revision: 2 } });
});

test("without a planner, feedback says that it ends the run", async () => {
  const { run, talk } = await story({}, planFor("ann"));
  const { heard } = await talk("f", "no");
  expect(heard).toContain("There is no planner to write another plan: this ends the run.");
  expect(await run.result()).toMatchObject({ status: "failed", error: { code: "REJECTED" } });
});

test("`approve only` returns the approval, which is recorded after the run was released", async () => {
  const { run, talk } = await story({}, planFor("ann"));
  const { plan } = await run.result();
  expect((await talk("o")).said).toEqual({ record: plan?.hash });
  expect(await statusOf(run)).toBe("awaiting-approval");
});

test("a plan is changed in an editor: what is broken comes back with its findings, then it is checked and shown again", async () => {
  const { found } = editor(
    'change("tool: pay", "tool: pey")',
    'change("tool: pey", "tool: pay"); change("ann", "eve")',
  );
  const { run, talk } = await story({}, planFor("ann"));
  const { said, heard } = await talk("e", "e");
  expect(said).toBe("answered");
  expect(heard).toContain("UNKNOWN_TOOL");
  const [first = "", second = ""] = found().split("=====");
  expect(first).toContain("#> The plan that waits for approval.");
  const [, line] = /#> plan:(\d+):\d+ error UNKNOWN_TOOL/.exec(second) ?? [];
  expect(second.split("\n")[Number(line) - 1]).toContain("tool: pey");
  expect(await run.result()).toMatchObject({ status: "awaiting-approval", plan: { revision: 2, cause: "edit" } });
  expect((await talk("a")).heard).toContain("the plan was edited");
  expect(await statusOf(run)).toBe("completed");
  expect(paid).toContain("eve");
});

test("an editor that fails, a file that is no plan, a finished text that changes nothing: nothing is lost, and it is asked again", async () => {
  editor(
    'change("ann", "eve"); process.exit(3)',
    'change("steps:", "steps: [")',
    'change("steps: [", "steps:"); change("eve", "ann")',
  );
  const { run, talk } = await story({}, planFor("ann"));
  const { said, heard } = await talk("e", "e", "e", "q");
  expect(heard).toContain("ended with 3");
  expect(heard).toContain("YAML");
  expect(heard).toContain("The plan stays as it is.");
  expect(said).toBe("left");
  expect(await run.result()).toMatchObject({ status: "awaiting-approval", plan: { revision: 1 } });
});

test("quitting with a broken plan keeps its text in the named file; discarding it asks again", async () => {
  editor('change("pay", "pey")', 'change("pay", "pey")', "");
  const { talk } = await story({}, planFor("ann"));
  const discarded = await talk("e", "d", "e", "q");
  expect(discarded.said).toBe("left");
  const [, file = ""] = /What you wrote is kept in (\S+)/.exec(discarded.heard) ?? [];
  expect(existsSync(file)).toBe(true);
  expect(readFileSync(file, "utf8")).toContain("tool: pey");
  rmSync(join(file, ".."), { recursive: true });
});

test("an editor that is not there is named, with what to do", async () => {
  vi.stubEnv("VISUAL", "no-such-editor-here");
  const { talk } = await story({}, planFor("ann"));
  const { heard } = await talk("e", "d", "q");
  expect(heard).toContain("set VISUAL or EDITOR");
});

test("a question ends when another person answers", async () => {
  const { run, talk } = await story({}, planFor("ann"));
  const talking = talk();
  const { plan } = await run.result();
  await run.approve(plan!.hash, { by: "ann" });
  expect((await talking).said).toBe("answered");
  expect(await statusOf(run)).toBe("completed");
});

const hasScript = spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux") ?? false;

const CONFIG = `
import { defineConfig, tool } from "planloom";
const input = { type: "object", properties: { to: { type: "string" } }, required: ["to"], additionalProperties: false };
export default defineConfig({ tools: [tool({ name: "pay", description: "Pays somebody.", input, output: { type: "string" },
  effects: "once", trusted: true, run: ({ to }) => "paid " + to })] });
`;

test.skipIf(!hasScript)("at a real terminal a plan is reviewed, approved and run by one process", async () => {
  const here = workspace();
  here.write("planloom.config.mjs", CONFIG);
  here.write("plan.json", planFor("ann"));
  const command = [process.execPath, BIN, "run", "plan.json"].map((word) => `'${word}'`).join(" ");
  const env = { ...process.env, PLANLOOM_TRUST: here.folder };
  const child = spawn("script", ["-qefc", command, "/dev/null"], { cwd: here.folder, env });
  onTestFinished(() => void child.kill("SIGKILL"));
  let seen = "";
  child.stdout.on("data", (piece: Buffer) => {
    seen += piece.toString();
    if (seen.includes("or [q]uit?") && child.stdin.writable) child.stdin.end("a\n");
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  expect(seen).toContain("=== REVIEW ===");
  expect(seen).toContain("=== COMPLETED ===");
  expect(code).toBe(0);
});
