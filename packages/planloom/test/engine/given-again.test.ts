// Inputs that a retry or a fork gives: what was known of the input before does not hold for another value. In: a plan
// that pays the account of an input. Out: which payments wait for a person.
import { expect, test } from "vitest";
import { z } from "zod";
import { createLoom } from "../../src/loom/create-loom.js";
import type { RetryOptions } from "../../src/loom/retry.js";
import type { LoomRun } from "../../src/loom/loom-run.js";
import { tool } from "../../src/tools/tool.js";

const PLAN = {
  inputs: { bill: { type: "{ account: string }", default: { account: "ours" } } },
  steps: [
    { id: "check", tool: "check", retry: { attempts: 1 } },
    { id: "pay", tool: "pay", with: { account: "${{ inputs.bill.account }}" }, dependsOn: ["check"] },
  ],
  answer: { value: "paid" },
};
const THEIRS = { bill: { account: "theirs" } };

async function ended(start: { readonly inputs?: object; readonly trust?: object } = {}) {
  const paid: string[] = [];
  const locked = new Set(["check"]);
  const tools = [
    tool({
      name: "check",
      description: "Checks the vault.",
      input: z.object({}),
      effects: "none",
      trusted: true,
      run: () => {
        if (locked.size > 0) throw new Error("locked");
      },
    }),
    tool({
      name: "pay",
      description: "Pays to an account.",
      input: z.object({ account: z.string() }),
      effects: "once",
      run: ({ account }) => void paid.push(account),
    }),
  ];
  const loom = await createLoom({ store: "memory", tools, onFailure: "fail", approval: "never" }, { env: {} });
  const run = await loom.start("pay", { plan: PLAN, ...(start as { inputs: typeof THEIRS }) });
  await run.result();
  locked.clear();
  return { run, paid };
}

const ways: readonly [string, (run: LoomRun, options: RetryOptions) => Promise<LoomRun>][] = [
  [
    "a retry",
    async (run, options) => {
      expect(await run.retry(options)).toEqual({ ok: true });
      return run;
    },
  ],
  ["a fork", (run, options) => run.fork({ ...options, at: "check" })],
];

test.each(ways)("%s with a document in the place of a default asks before it pays", async (_, again) => {
  const { run, paid } = await ended();
  const next = await again(run, { inputs: THEIRS });
  const { waiting } = await next.result();
  expect(waiting?.approvals).toMatchObject([{ code: "CONTROL_UNTRUSTED", args: { account: "theirs" } }]);
  expect(paid).toEqual([]);
  await next.replay({ strict: true });
});

test.each(ways)("%s with another document ends the trust in the first one", async (_, again) => {
  const { run, paid } = await ended({ inputs: { bill: { account: "known" } }, trust: { bill: "trusted" } });
  const { waiting } = await (await again(run, { inputs: THEIRS })).result();
  expect(waiting?.approvals).toMatchObject([{ code: "CONTROL_UNTRUSTED" }]);
  expect(paid).toEqual([]);
});

test.each(ways)("%s keeps the default of the plan, and the trust in what it does not replace", async (_, again) => {
  for (const start of [{}, { inputs: THEIRS, trust: { bill: "trusted" } }]) {
    const { run, paid } = await ended(start);
    expect(await (await again(run, {})).result()).toMatchObject({ status: "completed" });
    expect(paid).toHaveLength(1);
  }
});

test.each(ways)("%s may say whom its inputs come from, also of an input that stays", async (_, again) => {
  const { run, paid } = await ended({ inputs: THEIRS });
  await expect(again(run, { trust: { other: "trusted" } })).rejects.toMatchObject({ code: "TRUST_INVALID" });
  const next = await again(run, { trust: { bill: "trusted" } });
  expect(await next.result()).toMatchObject({ status: "completed" });
  expect(paid).toEqual(["theirs"]);
  await next.replay({ strict: true });
});

test("a retry that no longer trusts an input asks, although the plan stays", async () => {
  const { run, paid } = await ended({ inputs: THEIRS, trust: { bill: "trusted" } });
  await run.retry({ trust: { bill: "untrusted" } });
  const { waiting } = await run.result();
  expect(waiting?.approvals).toMatchObject([{ code: "CONTROL_UNTRUSTED" }]);
  expect(paid).toEqual([]);
});
