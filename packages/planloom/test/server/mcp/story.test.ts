// A client of the SDK plans, has a person approve, and runs, in both revisions of the protocol.
import { expect, test } from "vitest";
import { scriptedModel } from "../../../src/testing/scripted-model.js";
import { pay, PLAN } from "../../streams/parts.js";
import { answers, openMcp, REVISIONS } from "./parts.js";

test.each(REVISIONS)("a client of %s plans, has the plan approved, and runs it", async (revision) => {
  const { call, asked, client, loom } = await openMcp({ revision, person: answers });
  expect(client.getNegotiatedProtocolVersion()).toBe(revision);

  const planned = await call("plan", { plan: PLAN });
  expect(planned).toMatchObject({ ok: true, status: "awaiting-approval", plan: { acts: [{ tool: "pay", times: 1 }] } });
  expect(planned.waiting!.approvals[0]).toMatchObject({ of: "plan", hash: planned.plan!.hash });
  expect(asked).toEqual([]);

  const done = await call("run", { runId: planned.runId });
  expect(done).toMatchObject({ ok: true, status: "completed", success: true, answer: "paid A1 as pdf" });
  expect(asked.map(({ message }) => message.split("\n")[0])).toEqual([
    "Approve this plan? You are asked because: every plan needs approval",
    "Approve this call? You are asked because: pay asks for it",
    "A run asks: Which format?",
  ]);
  expect(asked[0]!.message).toContain(planned.plan!.hash);
  expect(asked[0]!.message).toContain("tool pay: it acts");
  expect(asked[1]!.message).toContain("invoice = A1");

  const events = loom.engine.events(planned.runId);
  const decided = [];
  for await (const { type, by } of events) if (type === "approval.granted") decided.push(by);
  expect(decided).toEqual(["person at the MCP client", "person at the MCP client"]);
  expect(await call("answer", { runId: planned.runId })).toMatchObject({ answer: "paid A1 as pdf" });
});

const BELOW = {
  steps: [{ id: "pay", tool: "pay", with: { invoice: "A1" } }],
  answer: { value: "${{ pay.receipt }}" },
};
const ABOVE = {
  goal: "Pay all",
  steps: [{ id: "each", plan: "Pay one invoice.", output: "string" }],
  answer: { value: "${{ each }}" },
};

test("a sub-plan that waits is named, and a person at the client decides it where it stands", async () => {
  const planner = scriptedModel(() => ({ json: BELOW as never }), { name: "planner" });
  const config = { tools: [pay], models: { planner } };
  const silent = await openMcp({ config });
  const { runId, waiting } = await silent.call("run", { plan: ABOVE });
  for (const { hash } of waiting?.approvals ?? []) await (await silent.loom.get(runId)).approve(hash);
  const waits = await silent.call("status", { runId, wait: 5 });
  expect(waits).toMatchObject({
    status: "awaiting-approval",
    waiting: { approvals: [], subPlans: [{ step: "each", runId: `${runId}.each`, status: "awaiting-approval" }] },
  });
  expect(waits.next).toContain("A sub-plan waits for a person.");

  const person = await openMcp({ config, person: answers });
  expect(await person.call("run", { plan: ABOVE })).toMatchObject({ status: "completed", answer: "paid A1" });
});
