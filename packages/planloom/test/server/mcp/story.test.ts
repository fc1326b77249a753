// A client of the SDK plans, has a person approve, and runs, in both revisions of the protocol.
import { expect, test } from "vitest";
import { PLAN } from "../../streams/parts.js";
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
