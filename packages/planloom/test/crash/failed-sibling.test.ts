// A step fails for good while its sibling, which acts once, is in flight. In: A fails once B is in flight; B acts after
// A's failure is recorded. Out: a run that ends failed, with B's effect done once and recorded, here or in another
// process.
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createLoom } from "../../src/loom/create-loom.js";
import type { Loom } from "../../src/loom/loom.js";
import { openSqliteStore } from "../../src/store/sqlite.js";
import { tool, ToolError } from "../../src/tools/tool.js";
import type { RunEvent } from "../../src/run/event.js";
import { eventsOf, folder, latch, type Latch } from "../engine/parts.js";
import { figure } from "../figures.js";

const plan = {
  steps: [
    { id: "a", tool: "fail", with: {}, retry: { attempts: 1 } },
    { id: "b", tool: "pay", with: {} },
    { id: "c", tool: "join", with: { texts: ["${{ a }}", "${{ b }}"] } },
  ],
};

/** A world of its own over the same file, as another process would open it; `paid` outlives them all. */
async function loomOver(
  path: string,
  paid: string[],
  mended = false,
): Promise<Loom & { readonly failed: Latch<void> }> {
  const [inFlight, failed] = [latch(), latch()];
  const make = (name: string, effects: "none" | "once", run: (key: string) => Promise<string>) =>
    tool({
      name,
      description: `Does ${name}.`,
      input: { type: "object" },
      output: { type: "string" },
      effects,
      run: (_args, { key }) => run(key),
    });
  const tools = [
    make("fail", "none", async () => {
      if (mended) return "well";
      await inFlight.passed;
      throw new ToolError("for good", { retryable: false });
    }),
    make("pay", "once", async (key) => {
      inFlight.open();
      await failed.passed;
      paid.push(key);
      return "paid";
    }),
    make("join", "none", async () => "joined"),
  ];
  const store = await openSqliteStore({ path });
  const loom = await createLoom({ store, tools }, { env: {} });
  onTestFinished(async () => {
    await loom.close();
    await store.close();
  });
  return Object.assign(loom, { failed });
}

test("the effect of a step in flight is done once and recorded, though its sibling failed", async () => {
  const [path, paid] = [join(folder(), "planloom.db"), [] as string[]];
  const first = await loomOver(path, paid);
  const event = ({ type }: RunEvent) => void (type === "step.failed" && first.failed.open());
  const run = await first.start("Pay.", { runId: "run", plan, listener: { event } });
  const document = await run.result();

  expect(document.status).toBe("failed");
  expect(document.steps.map(({ id, status }) => [id, status])).toStrictEqual([
    ["a", "failed"],
    ["b", "completed"],
    ["c", expect.stringMatching(/pending|skipped/) as string],
  ]);
  expect(paid).toHaveLength(1);
  const log = await first.store.read("run");
  expect(eventsOf(log, "step.completed").map(({ data }) => [data.step, data.output])).toStrictEqual([["b", "paid"]]);
  expect(eventsOf(log, "step.started").filter(({ data }) => data.step === "b")).toMatchObject([
    { data: { key: paid[0] } },
  ]);

  await first.close();
  const second = await loomOver(path, paid, true);
  const again = await second.get("run");
  await again.resume();
  expect(await again.result()).toStrictEqual(document);

  expect(await again.previewRetry()).toMatchObject({ ok: true, reused: ["b"], runs: ["a", "c"], actAgain: [] });
  expect(await again.retry()).toStrictEqual({ ok: true });
  const retried = await again.result();
  expect(retried).toMatchObject({ status: "completed", answer: "joined" });
  expect(paid).toHaveLength(1);
  figure("failed sibling", { effects: paid.length, status: document.status, afterRetry: retried.status });
});
