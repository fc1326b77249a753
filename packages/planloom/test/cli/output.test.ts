// Output and end of the process of the command line: stdout holds the answer alone whatever a tool prints; a stream that
// fails stops no run; a tool that ends the process leaves an exit code, a message and a run that can be resumed.
import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { expect, test } from "vitest";
import type { RunDocument } from "../../src/loom/document.js";
import { BIN, workspace, type Workspace } from "./planloom.js";

const CONFIG = `
import { execSync, spawn } from "node:child_process";
import { appendFileSync, createWriteStream, writeFileSync, writeSync, write } from "node:fs";
import { tool } from "planloom";
console.log("the configuration is loaded");
const input = { type: "object", properties: {}, additionalProperties: false };
const make = (name, effects, run) => tool({ name, description: "Does " + name + ".", input, effects, run });
export default { approval: "never", tools: [
  make("chatty", "none", async () => {
    console.log("by console");
    process.stdout.write("by stream, ");
    process.stdout.write("in parts\\n");
    writeSync(1, "by descriptor\\n");
    writeFileSync(1, "by file\\n");
    appendFileSync("/dev/stdout", "by its end\\n");
    await new Promise((done) => write(1, Buffer.from("--by buffer\\n"), 2, 10, null, done));
    execSync("echo by shell", { stdio: "inherit" });
    await new Promise((done) => spawn("echo", ["by child"], { stdio: ["ignore", 1, "inherit"] }).on("close", done));
    process.stdout.write("unfinished");
    return 7;
  }),
  make("leave", "idempotent", () => process.exit(0)),
  make("set", "none", () => { process.exitCode = 9; return 7; }),
  make("crash", "none", () => new Promise(() => setTimeout(() => { throw new TypeError("left alone"); }, 1))),
  make("look", "none", async (_, { signal }) => {
    console.error("looking");
    await new Promise((done) => { const t = setInterval(() => {}, 50); signal.addEventListener("abort", () => { clearInterval(t); done(); }); });
    throw signal.reason;
  }),
] };
`;

function withTools(): Workspace {
  const here = workspace();
  here.write("c.mjs", CONFIG);
  for (const name of ["chatty", "leave", "set", "crash", "look"])
    here.write(`${name}.json`, { steps: [{ id: "a", tool: name, with: {} }], answer: { value: "${{ a }}" } });
  return here;
}

const run = (name: string, ...flags: readonly string[]) => [
  ...["run", `${name}.json`, "--config", "c.mjs", "--store", "s.db"],
  ...flags,
];

test("all that a tool prints goes to stderr, in whole lines; stdout holds the document alone", async () => {
  const here = withTools();
  const { stdout, stderr, code } = await here.run(run("chatty", "--json"));
  expect([code, (JSON.parse(stdout) as RunDocument).answer]).toEqual([0, 7]);
  const printed = ["the configuration is loaded", "by console", "by stream, in parts", "by descriptor", "by buffer"];
  for (const line of [...printed, "by file", "by its end", "by shell", "by child", "unfinished"])
    expect(stderr.split("\n")).toContain(line);
});

test("a tool that calls process.exit leads to exit 1, one document and a run that can be resumed", async () => {
  const here = withTools();
  const { stdout, stderr, code } = await here.run(run("leave", "--json"));
  const { error } = JSON.parse(stdout) as { readonly error: { readonly code: string; readonly next: string } };
  expect([code, error.code]).toEqual([1, "PROCESS_ENDED"]);
  expect(stderr).toMatch(/process\.exit\(0\).* Run run_\w+ is not done\. The tools at work were: leave\./);
  const [, runId] = /planloom resume (run_\w+)/.exec(error.next)!;
  expect(await here.json(["show", runId!, "--store", "s.db", "--json"])).toMatchObject({ status: "running" });
});

test("an exit code that a tool sets does not count", async () => {
  const { stdout, code } = await withTools().run(run("set"));
  expect([stdout, code]).toEqual(["7\n", 0]);
});

test("an exception that nobody catches leads to exit 1, one document, and the command that continues the run", async () => {
  const { stdout, stderr, code } = await withTools().run(run("crash", "--json"));
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ error: { message: "left alone" } });
  expect(stderr).toMatch(/PROCESS_ENDED: .*\n {2}next: `planloom resume run_\w+ --config \S+c\.mjs --store \S+s\.db`/);
});

test("a configuration that ends the process leads to exit 1", async () => {
  const here = workspace();
  here.write("c.mjs", "process.exit(0)");
  const { stderr, code } = await here.run(["tools", "--config", "c.mjs"]);
  expect(code).toBe(1);
  expect(stderr).toContain("PROCESS_ENDED");
});

test.skipIf(process.platform === "win32")("SIGQUIT releases the run, as SIGTERM does", async () => {
  const here = withTools();
  const live = here.begin(run("look"));
  await live.said("looking");
  live.child.kill("SIGQUIT");
  const { code, stderr } = await live.ended;
  expect([code, live.child.signalCode]).toEqual([130, null]);
  expect(stderr).toMatch(/planloom resume run_/);
});

const SUM = { steps: [{ id: "a", tool: "calculate", with: { expression: "6*7" } }], answer: { value: "${{ a }}" } };

test.skipIf(!existsSync("/dev/full"))("a full disk stops no run; only stdout counts for the exit code", () => {
  const here = workspace();
  here.write("p.json", SUM);
  const full = openSync("/dev/full", "w");
  const call = (stdout: number | "pipe", stderr: number | "pipe", ...flags: readonly string[]) =>
    spawnSync(process.execPath, [BIN, "run", "p.json", "--store", "s.db", ...flags], {
      cwd: here.folder,
      stdio: ["ignore", stdout, stderr],
      encoding: "utf8",
    });
  try {
    const silent = call("pipe", full);
    expect([silent.status, silent.stdout]).toEqual([0, "42\n"]);
    for (const flags of [[], ["--json"], ["--jsonl", "-q"]]) {
      const { status, stderr } = call(full, "pipe", ...flags);
      expect(status).toBe(4);
      expect(stderr).toMatch(/OUTPUT_UNWRITABLE: .*ENOSPC.*\n {2}next: The run itself is kept\..*planloom show run_/);
    }
  } finally {
    closeSync(full);
  }
});

test("a reader that closes the pipe stops no run", async () => {
  const here = workspace();
  here.write("p.json", SUM);
  const live = here.begin(["run", "p.json", "--store", "s.db", "--jsonl"]);
  live.child.stdout.destroy();
  live.child.stderr.destroy();
  expect((await live.ended).code).toBe(0);
  expect(await here.json(["show", "last", "--store", "s.db", "--json"])).toMatchObject({ status: "completed" });
});
