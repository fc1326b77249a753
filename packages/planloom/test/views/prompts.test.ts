// The requests that models were sent, rebuilt from the log, beside those that scripted models really received.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { createLoom } from "../../src/loom/create-loom.js";
import type { LoomConfig } from "../../src/loom/config.js";
import type { Loom } from "../../src/loom/loom.js";
import type { LoomRun } from "../../src/loom/loom-run.js";
import type { PromptsView } from "../../src/loom/view/run-view.js";
import type { ModelRequest } from "../../src/model/port.js";
import { KERNEL_VERSION } from "../../src/run/kernel-version.js";
import { memoryStore } from "../../src/store/memory.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import { rebuiltText } from "../../src/words/prompts.js";
import { PlanloomError } from "../../src/words/planloom-error.js";
import { tool } from "../../src/tools/tool.js";

const CANARY = "Canary/kiwi+secret";

const search = tool({
  name: "search",
  description: "Searches.",
  input: z.object({ query: z.string() }),
  output: z.array(z.string()),
  effects: "none",
  run: ({ query }) => [`${query} One`, `${query} ${CANARY}`],
});

const mail = tool({
  name: "mail",
  description: "Sends a mail.",
  input: z.object({ to: z.string(), body: z.string() }),
  output: z.object({ id: z.string() }),
  effects: "once",
  run: () => ({ id: "m1" }),
});

const PLAN = {
  steps: [
    { id: "find", title: "Find them", tool: "search", with: { query: "AI" } },
    { id: "facts", title: "Collect facts", agent: "Find facts.", tools: ["search"], with: { of: "${{ find }}" } },
    {
      id: "send",
      title: "Send it",
      tool: "mail",
      with: { to: "ann@example.org" },
      fill: "Write the mail.",
      dependsOn: ["facts"],
    },
  ],
  answer: { from: ["facts", "send"], instructions: "One sentence." },
};
const BROKEN = { steps: [{ id: "find", tool: "serch", with: { query: "AI" } }] };
const goOn = JSON.stringify({ verdict: "go on", reason: "It fits." });

const planner = scriptedModel([JSON.stringify(BROKEN), JSON.stringify(PLAN), ...Array<string>(5).fill(goOn)]);
const executor = scriptedModel([
  { toolCalls: [{ name: "search", args: { query: "Aurora" } }] },
  { toolCalls: [{ name: "serch_it", args: {} }] },
  "Aurora leads.",
  "no JSON",
  JSON.stringify({ body: "Hello" }),
]);
const synthesizer = scriptedModel([
  { error: new PlanloomError("PROVIDER_REFUSED", { model: "scripted", status: 400, about: "length" }) },
  "All done.",
]);
const store = memoryStore();
const config: LoomConfig = {
  store,
  tools: [search, mail],
  models: {
    planner: { model: planner, instructions: "You plan for a test." },
    executor: { model: executor, instructions: "You work for a test." },
    synthesizer: { model: synthesizer, instructions: "You write for a test." },
  },
  secrets: { TOKEN: CANARY },
  approval: "never",
  guard: "off",
  replan: "each-step",
};

let loom: Loom;
let run: LoomRun;

beforeAll(async () => {
  loom = await createLoom(config, { env: {} });
  run = await loom.start("Compare", { inputs: { year: 2026 }, messages: [{ role: "user", content: "Hi" }] });
  const { status, error } = await run.result();
  expect([status, error]).toEqual(["completed", undefined]);
});
afterAll(() => loom.close());

type Sent = Pick<ModelRequest, "system" | "messages" | "tools" | "output">;

const sent = ({ requests }: { readonly requests: readonly ModelRequest[] }): readonly Sent[] =>
  requests.map(({ system, messages, tools = [], output }) => ({ system, messages, tools, ...(output && { output }) }));

/** Each request in full. */
function whole({ prompts }: PromptsView): readonly Sent[] {
  const all: Sent[] = [];
  for (const { turn, system, repeats, messages, tools, output } of prompts) {
    const before = turn === 1 && repeats === 0 ? undefined : all.at(-1);
    all.push({
      system: system ?? before!.system,
      messages: [...(before?.messages.slice(0, repeats) ?? []), ...messages],
      tools: tools ?? before?.tools ?? [],
      ...(output && { output }),
    });
  }
  return all;
}

describe("the prompts of a run", () => {
  it("are the requests that its models received", async () => {
    const views = new Map<string, PromptsView>();
    for (const key of ["#plan", "#review", "find", "facts", "send", "#answer"]) views.set(key, await run.prompts(key));
    const of = (...keys: readonly string[]) => keys.flatMap((key) => whole(views.get(key)!));
    expect(of("#plan", "#review")).toEqual(sent(planner));
    expect(of("facts", "send")).toEqual(sent(executor));
    expect(of("#answer")).toEqual(sent(synthesizer));
    expect(of("find")).toEqual([]);
    expect([...views.values()].flatMap(({ gaps }) => gaps)).toEqual([]);
    expect(JSON.stringify([...views.values()])).not.toContain(CANARY);
  });

  it("have the attempt and turn of their replies, and say that they are no record", async () => {
    for (const key of ["#plan", "facts", "send", "#answer"]) {
      const { turns } = await run.stepView(key);
      const { prompts, rebuilt } = await run.prompts(key);
      const place = ({ attempt, turn }: { readonly attempt: number; readonly turn: number }) => [attempt, turn];
      const answered = prompts.filter((one) => one.answered);
      expect(answered).not.toEqual([]);
      expect(answered.map(place)).toEqual(turns.filter(({ kind }) => kind === "model").map(place));
      expect(rebuilt).toBe(rebuiltText({ then: KERNEL_VERSION, now: KERNEL_VERSION }));
    }
    const { prompts } = await run.prompts("#plan", { attempt: 2 });
    expect(prompts.map(({ attempt, call }) => [attempt, call])).toEqual([[2, "planner"]]);
    expect(rebuiltText({ then: "4", now: "5" })).toContain("The run had kernel 4, and this version has kernel 5");
  });

  it("of another process need the tools of the run only where the log does not have them", async () => {
    const { tools: _tools, ...others } = config;
    const other = await createLoom(others, { env: {} });
    const known = await other.get(run.id);
    expect(whole(await known.prompts("facts"))).toEqual(whole(await run.prompts("facts")));
    expect(await known.prompts("#plan")).toMatchObject({
      prompts: [],
      gaps: [
        { attempt: 1, code: "OTHER_TOOLS" },
        { attempt: 2, code: "OTHER_TOOLS" },
      ],
    });
    await other.close();
  });

  it("of no row are refused, and of a function that plans there are none", async () => {
    await expect(run.prompts("nothing")).rejects.toMatchObject({ code: "NO_SUCH_STEP" });
    const plans = await createLoom({ store: "memory", models: { planner: async () => PLAN_OF_ONE } }, { env: {} });
    const planned = await plans.start("Nothing");
    await planned.result();
    expect(await planned.prompts("#plan")).toMatchObject({ prompts: [], gaps: [{ attempt: 1, code: "NO_PROMPT" }] });
    await plans.close();
  });
});

const PLAN_OF_ONE = {
  steps: [{ id: "now", tool: "calculate", with: { expression: "1 + 1" } }],
  answer: { value: "${{ now }}" },
};
