// One step, item or phase in full, from one real run with scripted models.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { createLoom } from "../../src/loom/create-loom.js";
import type { Loom } from "../../src/loom/loom.js";
import type { LoomRun } from "../../src/loom/loom-run.js";
import type { StepView } from "../../src/loom/view/run-view.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import { tool } from "../../src/tools/tool.js";
import { eventsIn } from "../engine/parts.js";

const CANARY = "Canary/kiwi+secret";
const empty = z.object({});

const search = tool({
  name: "search",
  description: "Searches.",
  input: z.object({ query: z.string() }),
  output: z.array(z.string()),
  effects: "none",
  run: ({ query }) => [`${query} One`, `${query} Two`],
  summary: (found) => `Found ${found.length} results`,
});

let asked = 0;
const rate = tool({
  name: "rate",
  description: "Gives a rate.",
  input: z.object({ token: z.unknown() }),
  output: z.number(),
  effects: "none",
  trusted: true,
  public: true,
  run: ({ token }) => {
    if (asked++ > 0) return 0.9;
    throw new Error(`no rate for ${String(token)}`, { cause: new Error("the inner cause") });
  },
});

const mail = tool({
  name: "mail",
  description: "Sends a mail.",
  input: z.object({ to: z.string(), body: z.string() }),
  output: z.object({ id: z.string() }),
  effects: "once",
  run: () => ({ id: "m1" }),
});

const idle = tool({
  name: "idle",
  description: "Idles.",
  input: empty,
  output: z.null(),
  effects: "none",
  run: () => null,
});

const STEPS = [
  { id: "find", title: "Find them", tool: "search", with: { query: "AI" } },
  { id: "rate", title: "Get the rate", tool: "rate", with: { token: { secret: "TOKEN" } }, retry: { delay: "1ms" } },
  {
    id: "facts",
    title: "Collect facts",
    forEach: "${{ find }}",
    maxParallel: 1,
    agent: "Find facts about the company.",
    tools: ["search"],
    with: { company: "${{ item }}" },
  },
  {
    id: "send",
    title: "Send it",
    tool: "mail",
    with: { to: "${{ inputs.to }}", body: "${{ facts[0] }} at ${{ rate }}" },
  },
  { id: "last", title: "Idle", tool: "idle", when: "${{ rate > 1 }}", dependsOn: ["send"] },
];
const PLAN = { inputs: { to: { type: "string" } }, steps: STEPS, answer: { value: "${{ send.id }}" } };
const REPLIES = [
  JSON.stringify(PLAN),
  { toolCalls: [{ name: "search", args: { query: "Aurora" } }] },
  "Aurora leads.",
  "Brightwater follows.",
];

let loom: Loom;
let run: LoomRun;

beforeAll(async () => {
  const models = { default: scriptedModel(REPLIES) };
  const config = { store: "memory" as const, tools: [search, rate, mail, idle], models, secrets: { TOKEN: CANARY } };
  loom = await createLoom({ ...config, approval: "never", guard: "off" }, { env: {} });
  run = await loom.start("Compare", { inputs: { to: "ann@example.org" } });
  const { status, error } = await run.result();
  expect([status, error]).toEqual(["completed", undefined]);
});
afterAll(() => loom.close());

describe("a step in full", () => {
  it("its row and item are those of the view of the run", async () => {
    const { rows } = await run.view();
    expect(rows.map(({ key }) => key)).toEqual(["#plan", "find", "rate", "facts", "send", "last", "#answer"]);
    for (const row of rows) expect((await run.stepView(row.key)).row).toEqual(row);
    const { item } = await run.stepView("facts", { item: 1 });
    expect(item).toEqual(rows[3]!.items!.shown[1]);
  });

  it("arguments have the plan's own text, whether they choose, and their origin", async () => {
    const { args, labels, calls, may, readBy } = await run.stepView("send");
    const untrusted = 'search returned private text that this run does not trust, in the step "Find them".';
    expect(args).toEqual([
      {
        name: "to",
        value: "ann@example.org",
        written: "${{ inputs.to }}",
        control: true,
        origin: { trusted: true, private: false, path: ["Input to is trusted."] },
      },
      {
        name: "body",
        value: "Aurora leads. at 0.9",
        written: "${{ facts[0] }} at ${{ rate }}",
        control: false,
        origin: {
          trusted: false,
          private: true,
          path: [
            'A model made it in the step "Collect facts" from find and search.',
            'rate returned public data that this run trusts, in the step "Get the rate".',
            untrusted,
            "search returned private text that this run does not trust.",
          ],
        },
      },
    ]);
    expect(labels).toMatchObject({ trusted: false, private: true });
    expect(calls).toMatchObject([{ tool: "mail", args: { to: "ann@example.org" }, output: { id: "m1" } }]);
    expect(may).toEqual([{ tool: "mail", effect: "acts-once" }]);
    expect(readBy).toEqual([
      { key: "last", title: "Idle" },
      { key: "#answer", title: "Write the answer" },
    ]);
  });

  it("a conversation turn by turn, of one item", async () => {
    const shown = await run.stepView("facts", { item: 0 });
    expect(shown).toMatchObject({ instruction: "Find facts about the company.", outputType: "string" });
    expect(shown).toMatchObject({ output: "Aurora leads.", item: { label: "AI One", status: "done" } });
    expect(shown.turns.map(({ turn, kind, name, usage }) => [turn, kind, name, usage !== undefined])).toEqual([
      [1, "model", "scripted", true],
      [1, "tool", "search", false],
      [2, "model", "scripted", true],
    ]);
    expect(shown.turns[0]!.answered).toMatchObject({ toolCalls: [{ name: "search" }] });
    expect(shown.turns[1]).toMatchObject({ asked: { query: "Aurora" }, answered: ["Aurora One", "Aurora Two"] });
    expect(shown.turns.every(({ tookMs }) => tookMs !== undefined && tookMs >= 0)).toBe(true);
    expect(shown.attempts).toMatchObject([
      { attempt: 1, status: "done", tokens: shown.row.tokens! - (await tokensOf(1)) },
    ]);
    expect(shown.events.map(({ type }) => type)).toEqual(["step.started", "step.completed"]);
  });

  const tokensOf = async (item: number) => (await run.stepView("facts", { item })).attempts[0]!.tokens!;

  it("attempts with their errors, and no secret anywhere", async () => {
    const shown = await run.stepView("rate");
    const [failed, done] = shown.attempts;
    expect(failed).toMatchObject({
      attempt: 1,
      status: "failed",
      error: { code: "TOOL_THREW", causes: ["the inner cause"] },
      decision: "it is tried again: attempt 1 of 4 failed",
    });
    expect(failed!.error!.stack).toContain("step-view.test.ts");
    expect(done).toMatchObject({ attempt: 2, status: "done" });
    const all = await Promise.all((await run.view()).rows.map(({ key }) => run.stepView(key)));
    expect(JSON.stringify([await run.view(), ...all])).not.toContain(CANARY);
  });

  it("a plan has its text and its turns; the answer has its origin", async () => {
    const plan = await run.stepView("#plan");
    expect(plan.row).toMatchObject({ kind: "phase", line: "done · revision 1 · 1 call", wave: 0 });
    expect(plan).toMatchObject({ output: { steps: [{ id: "find" }, {}, {}, {}, {}] }, turns: [{ kind: "model" }] });
    expect(plan.events.map(({ type }) => type)).toContain("plan.proposed");
    const answer = await run.stepView("#answer");
    expect(answer).toMatchObject({ output: "m1", labels: { trusted: false } });
  });

  it("a step that was not reached has a view without attempts", async () => {
    const { row, attempts, turns } = await run.stepView("last");
    expect({ row, attempts, turns }).toMatchObject({ row: { line: "skipped · its condition is false" } });
    expect([attempts, turns]).toEqual([[], []]);
  });

  it.each<[string, number | undefined, string]>([
    ["nope", undefined, "nope"],
    ["facts", 9, "facts[9]"],
    ["find", 0, "find[0]"],
    ["#plan/7", undefined, "#plan/7"],
  ])("%s, item %s: there is no such step", async (step, item, named) => {
    await expect(run.stepView(step, item === undefined ? {} : { item })).rejects.toMatchObject({
      code: "NO_SUCH_STEP",
      message: `Run ${run.id} has no step ${named}.`,
    });
  });

  it("each event about a step or phase stands in exactly one view; a drafted step also in that of its plan", async () => {
    const { rows } = await run.view();
    const items = [0, 1].map((item) => run.stepView("facts", { item }));
    const views: readonly StepView[] = await Promise.all([...rows.map(({ key }) => run.stepView(key)), ...items]);
    const events = views.flatMap((one) => one.events).filter(({ type }) => type !== "plan.stepDrafted");
    const log = (await eventsIn(run)).filter(({ type }) => !/^run\.|^plan\.stepDrafted$/.test(type));
    expect(events.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(log.map(({ seq }) => seq));
  });
});
