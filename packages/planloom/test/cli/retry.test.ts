// Ended runs that go on, and forks, over several processes: what will be reused is said first, nothing that is finished
// is done again, and nothing acts again that nobody has agreed to.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Json } from "../../src/plan/json.js";
import type { RunEvent } from "../../src/run/event.js";
import type { RetryPreview } from "../../src/run/decide/retry.js";
import { modelServer, workspace, QUESTION, roleOf, SUMS, type Workspace } from "./planloom.js";

/**
 * `note` acts, and leaves a line in notes.txt; `file` fails until there is a file `mended`, and waits while there is
 * one `busy`.
 */
const CONFIG = `
import { appendFileSync, existsSync } from "node:fs";
import { defineConfig, tool, ToolError } from "planloom";
const input = { type: "object", properties: { text: { type: "string" } }, required: ["text"], additionalProperties: false };
const output = { type: "string" };
export default defineConfig({
  tools: [
    tool({ name: "look", description: "Looks at something.", input, output, effects: "none", run: ({ text }) => "saw " + text }),
    tool({ name: "note", description: "Notes a line.", input, output, effects: "once",
      run: ({ text }) => { appendFileSync("notes.txt", text + "\\n"); return "noted " + text; } }),
    tool({ name: "file", description: "Files a note.", input, output, effects: "none",
      run: async ({ text }) => {
        while (existsSync("busy")) await new Promise((resolve) => setTimeout(resolve, 20));
        if (!existsSync("mended")) throw new ToolError("the cabinet is locked", { code: "LOCKED", retryable: false });
        return "filed " + text;
      } }),
  ],
});
`;

const PLAN = `goal: Note what was seen
inputs:
  who: { type: string, default: ann }
  often: { type: number, default: 1 }
steps:
  - { id: look, title: Look around, tool: look, with: { text: "\${{ inputs.who }}" } }
  - { id: note, title: Note it, tool: note, with: { text: "\${{ look }}" } }
  - { id: file, title: File the note, tool: file, with: { text: "\${{ note }}" } }
answer: { value: "\${{ file }}" }
`;

/** A folder whose last run failed in its third step. */
async function failed(): Promise<Workspace & { readonly notes: () => readonly string[] }> {
  const here = workspace();
  here.write("planloom.config.ts", CONFIG);
  here.write("plan.yaml", PLAN);
  expect((await here.run(["run", "plan.yaml", "--yes"])).code).toBe(1);
  const notes = join(here.folder, "notes.txt");
  return { ...here, notes: () => (existsSync(notes) ? readFileSync(notes, "utf8").trimEnd().split("\n") : []) };
}

const logOf = async (here: Workspace): Promise<readonly RunEvent[]> =>
  eventsIn((await here.run(["events", "last"])).stdout);
const eventsIn = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as RunEvent);

test("a failed run names the retry; after a preview, another process continues it with the finished work", async () => {
  const here = await failed();
  const { runId, report } = await here.json(["show", "last", "--json"]);
  expect(report?.next).toContain(`planloom retry ${runId}`);
  expect((await here.run(["show", "last"])).stdout).toContain(`planloom retry ${runId}`);
  const before = await logOf(here);

  const look = await here.run(["retry", "last", "--dry-run"]);
  expect(look).toMatchObject({ code: 0, stdout: "" });
  expect(look.stderr).toContain("2 of 3 steps reused");
  expect(look.stderr).toMatch(/reused +look +Look around\n +reused +note +Note it\n +runs +file +File the note\n/);
  expect(look.stderr).not.toContain("warning");
  const parts = await here.json<RetryPreview & { runId: string }>(["retry", runId.slice(0, -2), "--dry-run", "--json"]);
  expect(parts).toMatchObject({ exit: 0, runId, ok: true, reused: ["look", "note"], runs: ["file"], actAgain: [] });
  expect(await logOf(here)).toEqual(before);

  here.write("mended", "");
  const retried = await here.run(["retry", "last"]);
  expect(retried).toMatchObject({ code: 0, stdout: "filed noted saw ann\n" });
  const order = ["2 of 3 steps reused", "retried  by ", "=== EXECUTING ===", "done     file", "=== COMPLETED ==="];
  const places = order.map((text) => retried.stderr.indexOf(text));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places[0]).toBeGreaterThanOrEqual(0);
  expect(retried.stderr).not.toContain("start    note");
  expect(retried.stderr).toContain("since the retry");
  expect(here.notes()).toEqual(["saw ann"]);

  const { stdout: trace } = await here.run(["show", "last", "--trace"]);
  expect(trace).toMatch(
    /history\n.*the plan as given\n(?:.*approv.*\n)+.*failed: LOCKED.*\n.*retried by \S+\n.*completed\n/,
  );
  expect(await here.json(["show", "last", "--json"])).toMatchObject({
    status: "completed",
    retriedAt: expect.any(String) as string,
  });
  expect((await here.run(["replay", "last", "--strict"])).code).toBe(0);
});

test("a retry from a step that acts must be confirmed; its once call is not repeated", async () => {
  const here = await failed();
  here.write("mended", "");
  const before = await logOf(here);
  const unsure = await here.run(["retry", "last", "--from", "note", "--quiet"], { stdin: "open" });
  expect(unsure).toMatchObject({ code: 5, stdout: "" });
  expect(unsure.stderr).toContain("may act in the world again: note");
  expect(unsure.stderr).toMatch(/step note: .*\n +tool +note \(acts once\)\n +with\n +text +"/);
  expect(unsure.stderr).toContain("--yes");
  expect(await logOf(here)).toEqual(before);

  const run = await here.json(["retry", "last", "--from", "note", "--yes", "--json"]);
  expect(run).toMatchObject({ exit: 0, status: "completed", answer: "filed noted saw ann" });
  expect(run.steps[1]).toMatchObject({ id: "note", carried: run.runId });
  expect(here.notes()).toEqual(["saw ann"]);
  expect((await here.run(["show", "last", "--trace"])).stdout).toContain("reused: this run had made the call before");
});

test("other inputs are another revision: what depends on them runs anew", async () => {
  const here = await failed();
  here.write("mended", "");
  const run = await here.json(["retry", "last", "-i", "who=bob", "--yes", "--json"]);
  expect(run).toMatchObject({ exit: 0, answer: "filed noted saw bob", plan: { revision: 2, cause: "edit" } });
  expect(here.notes()).toEqual(["saw ann", "saw bob"]);
  const wrong = await here.run(["retry", "last", "-i", "who=5", "-i", "often=5x"]);
  expect(wrong).toMatchObject({ code: 3, stdout: "" });
  expect(wrong.stderr).toMatch(/error INPUT_TYPE [^]*next: Give other inputs with `planloom retry run_\w+ --input/);
});

test("a plan with an error is shown with its place and changes nothing; a mended one keeps what means the same", async () => {
  const here = await failed();
  const before = await logOf(here);
  here.write("bad.yaml", PLAN.replace("tool: file", "tool: flie"));
  const bad = await here.run(["retry", "last", "--plan", "bad.yaml"]);
  expect(bad).toMatchObject({ code: 3, stdout: "" });
  expect(bad.stderr).toMatch(/bad\.yaml:8:\d+ error UNKNOWN_TOOL [^]*next: .+planloom check bad\.yaml/);
  expect(await logOf(here)).toEqual(before);

  here.write("mended.yaml", PLAN.replace("tool: file", "tool: look"));
  const mended = await here.run(["retry", "last", "--plan", "mended.yaml"]);
  expect(mended).toMatchObject({ code: 0, stdout: "saw noted saw ann\n" });
  expect(mended.stderr).toContain("revision 2, changed by a person, 3 steps; keeps look, note");
  expect(mended.stderr).not.toContain("waits");
  expect(here.notes()).toEqual(["saw ann"]);
  const { stdout } = await here.run(["show", "last", "--trace"]);
  expect(stdout).toContain("plan: revision 2, changed by a person; keeps look, note");
  expect(stdout).toContain("(revision 2)");
});

test("a fork is a run of its own, which says what it took over", async () => {
  const here = await failed();
  here.write("mended", "");
  const parent = await here.json(["show", "last", "--json"]);
  const look = await here.json<RetryPreview>(["fork", "last", "--at", "file", "--dry-run", "--json"]);
  expect(look).toMatchObject({ exit: 0, reused: ["look", "note"], runs: ["file"] });
  const forked = await here.run(["fork", parent.runId, "--at", "file"]);
  expect(forked).toMatchObject({ code: 0, stdout: "filed noted saw ann\n" });
  const fork = await here.json(["show", "last", "--json"]);
  expect(fork.runId).not.toBe(parent.runId);
  expect(fork.parent).toMatchObject({ runId: parent.runId, at: "file" });
  expect(forked.stderr).toContain(`run ${fork.runId}, a fork of ${parent.runId} at step file`);
  expect(forked.stderr).toContain("reused   note\n");
  const { stdout } = await here.run(["show", fork.runId]);
  expect(stdout).toContain(`forked   from run ${parent.runId} at step file`);
  expect(stdout).toContain(`completed  note  reused from run ${parent.runId}`);
  expect(here.notes()).toEqual(["saw ann"]);
  expect(await here.json(["show", parent.runId, "--json"])).toEqual(parent);

  const unsure = await here.run(["fork", parent.runId, "--at", "note"]);
  expect(unsure).toMatchObject({ code: 5, stdout: "" });
  expect(await here.run(["fork", parent.runId, "--at", "note", "--yes", "--quiet"])).toEqual({
    code: 0,
    stdout: "filed noted saw ann\n",
    stderr: "",
  });
  expect(here.notes()).toEqual(["saw ann", "saw ann"]);
});

test("where no plan was found, the planner is asked again; where one is shown, it is read back from a file", async () => {
  let plan: Json = { steps: [{ id: "a", title: "Nothing", tool: "nobody", with: {} }] };
  const { env } = await modelServer((body) => (roleOf(body) === "planner" ? { json: plan } : { text: "5 and 9." }));
  const here = workspace(env);
  const first = await here.run(["run", "Add things up"]);
  expect(first.code).toBe(3);
  expect(first.stderr).toMatch(/error PLAN_INVALID: [^]*next: .+planloom retry run_/);
  plan = SUMS;
  const again = await here.run(["retry", "last"]);
  expect(again).toMatchObject({ code: 0, stdout: "5 and 9.\n" });
  expect(again.stderr).toContain("the planner is asked for one");

  const shown = await here.json(["show", "last", "--json"]);
  here.write("shown.json", shown.plan);
  const same = await here.json<RetryPreview>(["retry", "last", "--plan", "shown.json", "--dry-run", "--json"]);
  expect(same).toMatchObject({ exit: 0, reused: ["left", "right"], runs: [] });
});

test("with --no-run a retry is recorded, and resume goes on with it", async () => {
  const here = await failed();
  here.write("mended", "");
  const said = await here.run(["retry", "last", "--no-run"]);
  expect(said).toMatchObject({ code: 0, stdout: "" });
  expect(said.stderr).toMatch(/Recorded\. .+planloom resume run_/);
  expect(await here.json(["show", "last", "--json"])).toMatchObject({ status: "failed" });
  expect(await here.run(["resume", "last"])).toMatchObject({ code: 0, stdout: "filed noted saw ann\n" });
});

test("a retried run is watched from another process, and is not retried by a second one", async () => {
  const here = await failed();
  here.write("mended", "");
  here.write("busy", "");
  const live = here.begin(["retry", "last", "--jsonl"]);
  await live.said("start    file");
  const watch = here.begin(["watch", "last"]);
  await watch.said("start    file (attempt 2)");
  for (const command of [["retry"], ["fork", "--at", "file"], ["retry", "--from", "note", "--yes", "--dry-run"]]) {
    const refused = await here.run([...command, "last"]);
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toContain("error RUN_NOT_ENDED");
  }
  await here.run(["cancel", "last"]);
  const { stderr, code } = await watch.ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/failed +file: LOCKED [^]*retried +by \S+\n=== EXECUTING ===\n +start +file \(attempt 2\)/);
  expect(stderr).toContain("=== CANCELLED ===");
  expect(eventsIn((await live.ended).stdout)[0]).toMatchObject({ type: "run.reopened", data: { from: null } });
});

test("what cannot be retried or forked is refused with a code", async () => {
  const here = await failed();
  const refusals: readonly (readonly [readonly string[], string])[] = [
    [["retry", "nobody"], "RUN_UNKNOWN"],
    [["retry", "last", "--from", "nobody"], "UNKNOWN_STEP"],
    [["fork", "last", "--at", "nobody", "--dry-run"], "UNKNOWN_STEP"],
    [["fork", "last"], "USAGE"],
    [["retry", "last", "--concurrency", "0"], "USAGE"],
    [["retry", "last", "--input", "who"], "INPUT_INVALID"],
    [["retry", "last", "--plan", "nowhere.yaml"], "FILE_NOT_FOUND"],
  ];
  for (const [args, code] of refusals) {
    const refused = await here.run(args);
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toContain(`error ${code}: `);
  }
  here.write("mended", "");
  await here.run(["retry", "last"]);
  expect(await here.json(["retry", "last", "--dry-run", "--json"])).toMatchObject({
    exit: 2,
    error: { code: "NOTHING_TO_RETRY", params: { because: "completed" } },
  });
  here.write("question.json", QUESTION);
  await here.run(["run", "question.json"]);
  expect((await here.run(["retry", "last"])).stderr).toContain("error RUN_NOT_ENDED");
  expect((await here.run(["retry", "run_"])).stderr).toContain("error RUN_AMBIGUOUS");
});

test("a call whose outcome was refused shows what it gave, and is not made again", async () => {
  const here = await failed();
  const steps = [{ id: "note", title: "Note it", tool: "note", with: { text: "x" }, expect: "${{ output == 'y' }}" }];
  here.write("strict.json", { goal: "Note", steps, answer: { value: "${{ note }}" } });
  expect((await here.run(["run", "strict.json", "--yes"])).code).toBe(1);
  expect((await here.run(["show", "last", "--trace"])).stdout).toContain("gave   noted x  (refused)");
  here.write("lenient.json", {
    goal: "Note",
    steps: steps.map(({ expect: _, ...step }) => step),
    answer: { value: "${{ note }}" },
  });
  expect(await here.run(["retry", "last", "--plan", "lenient.json", "--yes"])).toMatchObject({
    code: 0,
    stdout: "noted x\n",
  });
  expect(here.notes()).toEqual(["saw ann", "x"]);
});

const SENDING = `
import { existsSync } from "node:fs";
import { defineConfig, tool } from "planloom";
const input = { type: "object", properties: { to: { type: "string" } }, required: ["to"] };
export default defineConfig({
  onFailure: "fail",
  tools: [
    tool({ name: "send", description: "Sends a note.", input, effects: "once", run: () => "sent" }),
    tool({ name: "check", description: "Checks.", input: { type: "object" }, effects: "none", run: () => {
      if (!existsSync("who.txt")) throw new Error("not yet");
    } }),
  ],
});
`;

test("an input from a file is text of others in a retry and in a fork too, unless it is trusted", async () => {
  const here = workspace();
  here.write("planloom.config.ts", SENDING);
  here.write(
    "plan.json",
    JSON.stringify({
      goal: "Send",
      inputs: { to: { type: "string", default: "ann" } },
      steps: [
        { id: "check", tool: "check", retry: { attempts: 1 } },
        { id: "send", tool: "send", with: { to: "${{ inputs.to }}" }, dependsOn: ["check"] },
      ],
    }),
  );
  expect((await here.run(["run", "plan.json", "--yes"])).code).toBe(1);
  here.write("who.txt", "eve");
  const given = ["--input", "to=@who.txt", "--json", "--yes"];
  for (const verb of [
    ["fork", "last", "--at", "check"],
    ["retry", "last", "--from", "check"],
  ]) {
    const asked = await here.run([...verb, ...given]);
    expect([verb[0], asked.code, /CONTROL_UNTRUSTED/.test(asked.stdout)]).toEqual([verb[0], 5, true]);
    const cancelled = await here.run(["cancel", "last", "-m", "no"]);
    expect(cancelled.code).not.toBe(2);
  }
  expect((await here.run(["fork", "last", "--at", "check", "--trust", "to", ...given])).code).toBe(0);
});
