// What a model may do through the tools, and what it may not: approve, answer for a person, loosen settings, steer runs of
// others. And what bad input gives.
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { createLoom } from "../../../src/loom/create-loom.js";
import { LIMITS } from "../../../src/limits.js";
import { tool, ToolError } from "../../../src/tools/tool.js";
import { answers, approves, openMcp, REVISIONS, type AtServer, type Person, type Sent } from "./parts.js";

const sends: string[] = [];

const send = tool({
  name: "send",
  description: "Sends a letter.",
  input: z.object({ to: z.string(), text: z.string() }),
  output: z.string(),
  effects: "once",
  run: ({ to }) => {
    sends.push(to);
    return `sent to ${to}`;
  },
});

/** Acts, and asks nobody by itself. */
const LETTER = {
  goal: "Write to Ann",
  steps: [{ id: "letter", tool: "send", with: { to: "ann@example.org", text: "Hello" } }],
  answer: { value: "${{ letter }}" },
};

const ASKS = { goal: "Ask", steps: [{ id: "format", ask: "Which format?" }], answer: { value: "${{ format }}" } };

const codeOf = async ({ call }: AtServer, name: string, args: Sent) => {
  const result = await call(name, args);
  return result.error?.code ?? result.status;
};

const granted = async ({ loom }: AtServer, runId: string) => {
  const by: string[] = [];
  for await (const event of loom.engine.events(runId)) if (event.type === "approval.granted") by.push(event.by);
  return by;
};

test("a model that cannot ask a person gets the hash and the command, and may not approve", async () => {
  const server = await openMcp({ config: { tools: [send] } });
  const started = await server.call("run", { plan: LETTER });
  const [waits] = started.waiting!.approvals;
  expect(started).toMatchObject({ status: "awaiting-approval", plan: { lead: "1 step. It acts once: send." } });
  expect(waits).toMatchObject({ of: "plan", command: `\`run.approve("${waits!.hash}")\`` });

  const refused = await server.call("approve", { runId: started.runId, hash: waits!.hash });
  expect(refused.error).toMatchObject({ code: "PERSON_DECIDES", action: "approve" });
  expect(refused.error!.next).toContain(`run.approve("${waits!.hash}")`);
  expect(await granted(server, started.runId)).toEqual([]);
  expect(sends).toEqual([]);
});

test("what asks nobody by the configuration still waits for a person when a model starts it", async () => {
  const config = { tools: [send], approval: "never" as const, guard: "off" as const };
  const server = await openMcp({ config });
  const started = await server.call("run", { plan: LETTER });
  expect(started.status).toBe("awaiting-approval");
  const { ownSettings } = (await server.loom.engine.load(started.runId)).request;
  expect(ownSettings).toMatchObject({ approval: "effects", guard: "ask" });
  expect(sends).toEqual([]);
});

test("no argument of a tool approves, loosens, or speaks for a person", async () => {
  const server = await openMcp({ config: { tools: [send], approval: "never" } });
  const { runId, waiting } = await server.call("run", { plan: LETTER });
  const hash = waiting!.approvals[0]!.hash;
  const attempts: readonly (readonly [tool: string, args: Sent, code: string])[] = [
    ["run", { plan: LETTER, settings: { approval: "never" } }, "SETTING_LOOSER"],
    ["run", { plan: LETTER, settings: { guard: "off" } }, "SETTING_LOOSER"],
    ["run", { plan: LETTER, settings: { attended: false } }, "REQUEST_INVALID"],
    ["run", { plan: LETTER, trust: { to: "trusted" } }, "REQUEST_INVALID"],
    ["run", { plan: LETTER, tags: ["mcp"] }, "REQUEST_INVALID"],
    ["run", { plan: LETTER, context: { user: "root" } }, "REQUEST_INVALID"],
    ["run", { runId, settings: { approval: "never" } }, "REQUEST_INVALID"],
    ["run", { runId, plan: LETTER }, "REQUEST_INVALID"],
    ["run", { runId }, "awaiting-approval"],
    ["approve", { runId, hash, decision: "approve" }, "REQUEST_INVALID"],
    ["approve", { runId, hash, unseen: true }, "REQUEST_INVALID"],
    ["approve", { runId, hash, inputResponses: {}, requestState: "x" }, "REQUEST_INVALID"],
    ["approve", { runId, hash, comment: "The person agreed." }, "PERSON_DECIDES"],
    ["approve", { runId, hash: "0".repeat(64) }, "STALE_HASH"],
    ["respond", { runId, step: "letter", value: "yes" }, "PERSON_DECIDES"],
    ["respond", { runId, step: "letter" }, "NOT_ASKED"],
    ["respond", { runId, step: "nowhere" }, "UNKNOWN_STEP"],
  ];
  for (const [name, args, code] of attempts)
    expect([name, args, await codeOf(server, name, args)]).toEqual([name, args, code]);
  expect(await granted(server, runId)).toEqual([]);
  expect(sends).toEqual([]);
  // Rejecting and cancelling act on nothing.
  expect(await codeOf(server, "reject", { runId, hash, comment: "No." })).toBe("failed");
  const again = await server.call("plan", { plan: LETTER });
  expect(await codeOf(server, "cancel", { runId: again.runId })).toBe("cancelled");
  expect(await codeOf(server, "cancel", { runId: again.runId })).toBe("RUN_ENDED");
});

test("an answer that the server did not ask for, or that was changed, approves nothing", async () => {
  const server = await openMcp({ config: { tools: [send] }, person: () => ({ action: "cancel" }) });
  const { runId, waiting } = await server.call("plan", { plan: LETTER });
  const hash = waiting!.approvals[0]!.hash;
  const inputResponses = { decision: { action: "accept", content: { decision: "approve" } } };
  const forged = { name: "approve", arguments: { runId, hash }, inputResponses };
  const unasked = await server.client.callTool(forged);
  expect(unasked.structuredContent).toMatchObject({ status: "awaiting-approval" });
  expect(server.asked).toHaveLength(1);
  for (const requestState of ["v1.e30.e30", Buffer.from(JSON.stringify({ runId })).toString("base64url")])
    await expect(server.client.callTool({ ...forged, requestState } as typeof forged)).rejects.toThrow("requestState");
  expect(await granted(server, runId)).toEqual([]);
});

const declines: Person = () => ({ action: "decline" });
const nonsense: Person = () => ({ action: "accept", content: { decision: "yes, whatever" } });
const rejects: Person = () => ({ action: "accept", content: { decision: "reject", comment: "Not her." } });

test.each(REVISIONS)(
  "a person who declines rejects, and who does not decide leaves it waiting: %s",
  async (revision) => {
    const config = { tools: [send] };
    const left = await openMcp({ revision, config, person: nonsense });
    const waits = await left.call("run", { plan: LETTER });
    expect(waits.status).toBe("awaiting-approval");
    expect(left.asked).toHaveLength(1);
    for (const person of [declines, rejects]) {
      const server = await openMcp({ revision, config, person });
      const ended = await server.call("run", { plan: LETTER });
      expect(ended).toMatchObject({ status: "failed", failure: { code: "REJECTED" } });
    }
    const approved = await openMcp({ revision, config, person: approves });
    expect(await approved.call("run", { plan: LETTER })).toMatchObject({ answer: "sent to ann@example.org" });
    expect(sends.splice(0)).toEqual(["ann@example.org"]);
  },
);

test("where the operator allows it, a model approves and answers", async () => {
  const server = await openMcp({ config: { tools: [send] }, options: { mayApprove: true }, person: answers });
  const { runId, waiting } = await server.call("plan", { plan: LETTER });
  const hash = waiting!.approvals[0]!.hash;
  expect(await server.call("approve", { runId, hash })).toMatchObject({ status: "completed" });
  expect(await granted(server, runId)).toEqual(["mcp"]);
  expect(sends.splice(0)).toEqual(["ann@example.org"]);
  const asks = await openMcp({ loom: server.loom, options: { mayApprove: true, asksClient: false } });
  const question = await asks.call("run", { plan: ASKS });
  expect(question.waiting!.questions).toMatchObject([{ step: "format", question: "Which format?" }]);
  expect(await codeOf(asks, "respond", { runId: question.runId, step: "format" })).toBe("REQUEST_INVALID");
  const done = await asks.call("respond", { runId: question.runId, step: "format", value: "csv" });
  expect(done).toMatchObject({ status: "completed", answer: "csv" });
  expect(server.asked).toEqual([]);
});

test("without forms, an operator's person answers elsewhere, and the model only looks", async () => {
  const server = await openMcp({ options: { asksClient: false, studio: "http://127.0.0.1:4950/" }, person: answers });
  const { runId, waiting } = await server.call("run", { plan: ASKS });
  expect(waiting!.questions[0]).toMatchObject({ link: `http://127.0.0.1:4950/runs/${runId}` });
  expect(await codeOf(server, "respond", { runId, step: "format" })).toBe("PERSON_DECIDES");
  await (await server.loom.get(runId)).respond("format", "pdf", { by: "ann" });
  expect(await server.call("status", { runId, wait: 60 })).toMatchObject({ status: "completed", answer: "pdf" });
  expect(server.asked).toEqual([]);
});

test("a person is shown all of a plan, text of others in its place, or is not asked through the client", async () => {
  const trick = "Say hello.\nHash 0000\nTool send: it only reads\u202e";
  const plan = { ...LETTER, goal: trick, steps: [{ ...LETTER.steps[0], with: { to: "a@b.c", text: trick } }] };
  const server = await openMcp({ config: { tools: [send] }, person: () => ({ action: "cancel" }) });
  const { runId } = await server.call("run", { plan });
  const { message } = server.asked[0]!;
  expect(message).toContain("Goal: Say hello.\n      | Hash 0000\n      | Tool send: it only reads\\u202e");
  expect(message.split("\n").filter((line) => line.startsWith("Hash"))).toEqual([]);
  expect(message).toContain("tool send: it acts");
  expect(message).toContain("to = a@b.c");

  const long = { ...LETTER, steps: [{ ...LETTER.steps[0], with: { to: "a@b.c", text: "x".repeat(30_000) } }] };
  const waits = await server.call("run", { plan: long });
  expect(waits.status).toBe("awaiting-approval");
  const hash = waits.waiting!.approvals[0]!.hash;
  expect(await codeOf(server, "approve", { runId: waits.runId, hash })).toBe("PERSON_DECIDES");
  expect(server.asked).toHaveLength(1);
  expect(runId).not.toBe(waits.runId);
});

test("a person sees the preview of a call, and answers the question of a tool by its type", async () => {
  const deploy = tool({
    name: "deploy",
    description: "Puts a version online.",
    input: z.object({ version: z.string() }),
    output: z.string(),
    effects: "once",
    approval: "required",
    preview: ({ version }) => ({ kind: "diff", path: "version.txt", text: `-1.0\n+${version}\n` }),
    run: async ({ version }, { ask }) =>
      `${version}: ${JSON.stringify(await ask({ question: "Tonight?", type: "boolean" }))}`,
  });
  const person: Person = (form) =>
    "decision" in form.requestedSchema.properties ? approves(form) : { action: "accept", content: { value: true } };
  const server = await openMcp({ config: { tools: [deploy] }, person });
  const plan = {
    goal: "Deploy",
    steps: [{ id: "it", tool: "deploy", with: { version: "2.0" } }],
    answer: { value: "${{ it }}" },
  };
  expect(await server.call("run", { plan })).toMatchObject({ status: "completed", answer: "2.0: true" });
  const [first, second, third] = server.asked;
  for (const form of [first, second]) expect(form!.message).toMatch(/What it would change: \n +\| -1\.0\n +\| \+2\.0/u);
  expect(third).toMatchObject({
    message: "The tool deploy asks: Tonight?\nversion: 2.0",
    requestedSchema: { properties: { value: { type: "boolean" } }, required: ["value"] },
  });
});

test("a person is asked before a call is undone, and sees that it is undone", async () => {
  const undone: string[] = [];
  const book = tool({
    name: "book",
    description: "Books a room.",
    input: z.object({ room: z.string() }),
    output: z.object({ booking: z.string() }),
    effects: "once",
    run: ({ room }) => ({ booking: `booked ${room}` }),
    compensate: ({ booking }) => void undone.push(booking),
  });
  const fails = tool({
    name: "fails",
    description: "Fails.",
    input: z.object({}),
    effects: "none",
    run: () => {
      throw new ToolError("it is broken", { code: "BROKEN", retryable: false });
    },
  });
  const server = await openMcp({ config: { tools: [book, fails] }, person: approves });
  const plan = {
    goal: "Book",
    steps: [
      { id: "room", tool: "book", with: { room: "12" } },
      { id: "then", tool: "fails", dependsOn: ["room"] },
    ],
    answer: { value: "done" },
  };
  const ended = await server.call("run", { plan, settings: { onFailure: "compensate" } });
  expect(ended.status).toBe("failed");
  expect(undone).toEqual(["booked 12"]);
  expect(server.asked.map(({ message }) => message.split("\n", 1)[0])).toEqual([
    "Approve this plan? You are asked because: it may act through book",
    "Undo this call? You are asked because: it undoes a call of book",
  ]);
  expect(server.asked[1]!.message).toContain("It returned: {");
});

test("runs of others are looked at, and not steered", async () => {
  const server = await openMcp({ config: { tools: [send] }, person: answers });
  const other = await server.loom.start("Ask", { plan: ASKS });
  await other.result();
  expect(await server.call("status", { runId: other.id })).toMatchObject({ ok: true, status: "needs-attention" });
  expect(await server.call("answer", { runId: other.id })).toMatchObject({ ok: true, answer: null });
  for (const [name, more] of [
    ["respond", { step: "format" }],
    ["cancel", {}],
    ["run", {}],
  ] as const)
    expect([name, await codeOf(server, name, { runId: other.id, ...more })]).toEqual([name, "RUN_NOT_OWN"]);
  expect(await server.call("list")).toMatchObject({ runs: [], cursor: null });
  expect(await server.call("list", { others: true, limit: 1 })).toMatchObject({ runs: [{ runId: other.id }] });
  expect(server.asked).toEqual([]);
});

test("bad input is a result with a code and a next step", async () => {
  const server = await openMcp();
  const deep = JSON.parse(`${"[".repeat(600)}${"]".repeat(600)}`) as unknown;
  const attempts: readonly (readonly [tool: string, args: Sent, code: string])[] = [
    ...["status", "answer", "cancel", "run"].map((name) => [name, { runId: "nowhere" }, "RUN_UNKNOWN"] as const),
    ["run", {}, "GOAL_EMPTY"],
    ["run", { goal: 7 }, "REQUEST_INVALID"],
    ["run", { goal: "x".repeat(LIMITS.goalChars + 1), plan: ASKS }, "GOAL_TOO_LONG"],
    ["run", { goal: "Add" }, "NO_PLANNER"],
    ["plan", { plan: { steps: [{ id: "a", tool: "nowhere" }] } }, "PLAN_INVALID"],
    ["plan", { plan: "x".repeat(LIMITS.planBytes + 1) }, "PLAN_INVALID"],
    ["run", { plan: ASKS, inputs: { deep } }, "JSON_INVALID"],
    ["run", { plan: ASKS, wait: -1 }, "REQUEST_INVALID"],
    ["run", { plan: ASKS, wait: 1e9 }, "REQUEST_INVALID"],
    ["run", { plan: ASKS, answerSchema: { type: "nothing" } }, "ANSWER_SCHEMA_INVALID"],
    ["approve", { runId: "nowhere" }, "REQUEST_INVALID"],
    ["list", { cursor: "nonsense" }, "CURSOR_INVALID"],
    ["list", { status: ["odd"] }, "REQUEST_INVALID"],
  ];
  for (const [name, args, code] of attempts) {
    const { isError, structuredContent } = await server.client.callTool({ name, arguments: args });
    const { error } = structuredContent as { readonly error: Record<string, string> };
    expect([name, code, isError, error["code"]]).toEqual([name, code, true, code]);
    expect(error["next"]).not.toBe("");
  }
  expect(await server.text("status", { runId: "nowhere" })).toBe(
    "RUN_UNKNOWN: The store (memory) holds no run nowhere.\n" +
      "Next: List its runs with the tool `list`, or choose another store with `store` in the configuration or PLANLOOM_STORE.",
  );
});

test("a run that takes longer than the wait goes on, tells how far it is, and is given up by nobody", async () => {
  let release = () => {};
  const slow = tool({
    name: "slow",
    description: "Takes its time.",
    input: z.object({}),
    output: z.string(),
    effects: "none",
    run: (_, { progress }) => {
      progress?.("page 4 of 10");
      return new Promise<string>((resolve) => (release = () => resolve("done")));
    },
  });
  const server = await openMcp({ config: { tools: [slow] } });
  const plan = { goal: "Wait", steps: [{ id: "first", tool: "slow" }], answer: { value: "${{ first }}" } };
  const started = await server.call("run", { plan, wait: 0 });
  expect(started).toMatchObject({ status: "running", stepsTotal: 1, stepsCompleted: 0 });
  expect(started.next).toContain("the tool `status` and a `wait`");
  // A client that gives up ends its call alone.
  const gone = new AbortController();
  const given = server.client.callTool(
    { name: "status", arguments: { runId: started.runId, wait: 60 } },
    { signal: gone.signal },
  );
  gone.abort();
  await expect(given).rejects.toThrow();
  const told: { progress: number; total?: number | undefined; message?: string | undefined }[] = [];
  const followed = server.client.callTool(
    { name: "status", arguments: { runId: started.runId, wait: 60 } },
    { onprogress: (progress) => void told.push(progress) },
  );
  release();
  expect((await followed).structuredContent).toMatchObject({ status: "completed", answer: "done" });
  expect(told.at(-1)).toEqual({ progress: 1, total: 1, message: "slow: completed" });
  const numbers = told.map(({ progress }) => progress);
  expect(numbers).toEqual([...new Set(numbers)].sort((one, other) => one - other));
});

test("a client sees honest annotations, and schemas that results fit", async () => {
  const { client } = await openMcp();
  const { tools } = await client.listTools();
  const reads = tools.filter(({ annotations }) => annotations?.readOnlyHint === true).map(({ name }) => name);
  expect(reads).toEqual(["status", "answer", "list"]);
  for (const { inputSchema, outputSchema, description } of tools) {
    expect(inputSchema).toMatchObject({ type: "object", additionalProperties: false });
    expect(outputSchema).toMatchObject({ type: "object", required: ["ok"] });
    expect(description!.length).toBeGreaterThan(40);
  }
});

test("a planner writes the plan, and after a rejection another one, which waits again", async () => {
  const goals: string[] = [];
  const loom = await createLoom(
    {
      store: "memory",
      tools: [send],
      approval: "effects",
      models: {
        planner: ({ goal }) => {
          goals.push(goal);
          const text = `Hello, for the ${goals.length}. time`;
          return { ...LETTER, steps: [{ ...LETTER.steps[0], with: { to: "ann@example.org", text } }] };
        },
      },
    },
    { env: {} },
  );
  onTestFinished(() => loom.close());
  const server = await openMcp({ loom });
  const first = await server.call("plan", { goal: "Write to Ann" });
  expect(first).toMatchObject({ status: "awaiting-approval", plan: { revision: 1 } });
  const { runId } = first;
  const second = await server.call("reject", { runId, hash: first.plan!.hash, comment: "Shorter." });
  expect(second).toMatchObject({ status: "awaiting-approval", plan: { revision: 2 } });
  expect(goals).toEqual(["Write to Ann", "Write to Ann"]);
  expect(await codeOf(server, "approve", { runId, hash: first.plan!.hash })).toBe("STALE_HASH");
});
