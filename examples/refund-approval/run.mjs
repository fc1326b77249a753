// @ts-check
// A refund that waits for a person, is rejected, planned again and approved. Each of the three parts opens the store
// anew, as three processes would. Run it after a build: node examples/refund-approval/run.mjs
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createLoom } from "planloom";
import { PLANNER, startScripted } from "./scripted.mjs";
import { linesOf, refundTools } from "./tools.mjs";

const GOAL = "Process refund for order #12345";
const FEEDBACK = "She keeps the cable: refund only the headphones.";

const folder = mkdtempSync(path.join(tmpdir(), "planloom-refund-"));
const server = await startScripted();

/**
 * Opens the store, does something with the run, and lets go of both.
 * @param {(loom: import("planloom").Loom) => Promise<import("planloom").LoomRun>} work
 */
async function inItsOwnLoom(work) {
  const loom = await createLoom({
    tools: refundTools(folder),
    models: { planner: { model: PLANNER, baseURL: server.url, apiKey: "none" } },
    store: path.join(folder, "runs.db"),
    approval: "always",
    limits: { approvalMs: 24 * 60 * 60_000 },
  });
  try {
    const run = await work(loom);
    return await run.result();
  } finally {
    await loom.close();
  }
}

/** @param {import("planloom").RunDocument} document */
function show({ status, plan, waiting, answer }) {
  console.log(`  status: ${status}`);
  for (const { id, title } of plan?.steps ?? []) console.log(`  ${id}: ${title}`);
  for (const { reason } of waiting?.approvals ?? []) console.log(`  waits for a person: ${reason}`);
  if (answer !== null) console.log(`  answer: ${answer}`);
  console.log(`  refunds paid: ${linesOf(folder, "ledger.jsonl").length}\n`);
}

try {
  console.log("A: the goal; a scripted planner writes a plan, and nothing is done");
  const asked = await inItsOwnLoom((loom) => loom.start(GOAL, { runId: "refund-12345" }));
  show(asked);

  console.log(`B: rejected, because "${FEEDBACK}"`);
  const again = await inItsOwnLoom(async (loom) => {
    const run = await loom.get("refund-12345");
    await run.reject(FEEDBACK, { by: "ann" });
    return run;
  });
  show(again);

  console.log('C: revision 2 is approved: "Looks good"');
  const done = await inItsOwnLoom(async (loom) => {
    const run = await loom.get("refund-12345");
    const [approval] = again.waiting?.approvals ?? [];
    await run.approve(approval?.hash ?? "", { comment: "Looks good", by: "bob" });
    return run;
  });
  show(done);

  const [refund] = linesOf(folder, "ledger.jsonl");
  console.log(`the ledger: ${refund.amountUsd} USD for order ${refund.orderId}, receipt ${refund.receipt}`);
} finally {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}
