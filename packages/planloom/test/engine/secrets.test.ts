// Secrets: a plan names them, the call gets them, and nothing else ever holds them, whatever a tool does with them.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { createLoom } from "../../src/loom/create-loom.js";
import type { LoomConfig } from "../../src/loom/config.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import { memoryStore } from "../../src/store/memory.js";
import { tool, ToolError, type ToolContext } from "../../src/tools/tool.js";

const CANARY = "Canary/kiwi+secret";
const secrets = { TOKEN: CANARY };

const login = () => {
  const seen: unknown[] = [];
  const made = tool({
    name: "login",
    description: "Logs in.",
    input: z.object({ token: z.unknown(), nested: z.object({ list: z.array(z.string()) }).optional() }),
    output: z.boolean(),
    effects: "none",
    run: ({ token, nested }) => {
      seen.push(token, ...(nested?.list ?? []));
      return true;
    },
  });
  return { made, seen };
};

const planWith = (args: object, more: object = {}) => ({
  ...more,
  steps: [{ id: "a", tool: "login", with: args }],
  answer: { value: "${{ a }}" },
});

it("hands the value to the call, and the name to the log", async () => {
  const { made, seen } = login();
  const store = memoryStore();
  const loom = await createLoom({ tools: [made], store, secrets }, { env: {} });
  const plan = planWith({ token: { secret: "TOKEN" }, nested: { list: ["x", { secret: "TOKEN" }] } });
  const done = await loom.run("log in", { plan });
  expect(done.answer).toBe(true);
  expect(seen).toEqual([CANARY, "x", CANARY]);
  expect(JSON.stringify(await store.read(done.runId))).not.toContain(CANARY);
  await loom.close();
});

it.each([undefined, { OTHER: CANARY }, { TOKEN: undefined }])(
  "fails for a name that the configuration does not list, whatever the environment holds: %j",
  async (listed) => {
    const { made, seen } = login();
    const config: LoomConfig = { tools: [made], store: memoryStore(), ...(listed && { secrets: listed }) };
    const loom = await createLoom(config, { env: { TOKEN: CANARY } });
    const done = await loom.run("log in", { plan: planWith({ token: { secret: "TOKEN" } }) });
    expect(done).toMatchObject({ status: "failed", error: { code: "SECRET_UNKNOWN" } });
    expect(seen).toEqual([]);
    await loom.close();
  },
);

it("sends no secret in place of the value that a person gave the call", async () => {
  const { made, seen } = login();
  const loom = await createLoom({ tools: [made], store: "memory", secrets }, { env: {} });
  const token = { secret: "TOKEN" };
  const asks = { id: "a", tool: "login", with: { token, nested: { list: [token] } }, approval: "required" };
  const run = await loom.start("log in", { plan: { steps: [asks], answer: { value: "${{ a }}" } } });
  const { hash } = (await run.result()).waiting!.approvals[0]!;
  await run.approve(hash, { args: { token: "none", nested: { list: ["nothing"] } } });
  expect(await run.result()).toMatchObject({ status: "completed" });
  expect(seen).toEqual(["none", "nothing"]);
  await loom.close();
});

it("reveals what the plan names, and not what data names", async () => {
  const { made, seen } = login();
  const loom = await createLoom({ tools: [made], store: "memory", secrets }, { env: {} });
  const inputs = { mail: { type: "unknown" } };
  await loom.run("log in", {
    plan: planWith({ token: "${{ inputs.mail }}" }, { inputs }),
    inputs: { mail: { secret: "TOKEN" } },
  });
  expect(seen).toEqual([{ secret: "TOKEN" }]);
  await loom.close();
});

it.each(["", "short", "        ", "1234567"])(
  "refuses the secret %j, which is too short to be found",
  async (value) => {
    await expect(createLoom({ store: "memory", secrets: { TOKEN: value } })).rejects.toMatchObject({
      code: "SECRET_TOO_SHORT",
      kind: "config",
      params: { secret: "TOKEN" },
    });
  },
);

/** Ways in which a tool may use its secret. */
type Deed = (token: string, context: ToolContext) => unknown;

const base64 = (text: string) => Buffer.from(text).toString("base64");
const MISDEEDS: { readonly [name: string]: Deed } = {
  "gives it back": (token) => ({ url: `https://a.example/?k=${encodeURIComponent(token)}`, list: [[token]] }),
  "uses it as a key": (token) => ({ [token]: { [`x-${token}`]: 1 } }),
  "encodes it": (token) => ({ basic: `Basic ${base64(`user:${token}`)}`, json: JSON.stringify({ token }) }),
  "throws it": (token) => {
    throw new Error(`connect https://app:${token}@db.example/ failed`);
  },
  "throws it as a text": (token) => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error
    throw `no ${token}`;
  },
  "fails with it": (token) => {
    throw new ToolError(`401 for ${token}`, { code: token.toUpperCase(), cause: new Error(token), retryable: false });
  },
  "fails with it at the end of what is kept": (token) => {
    throw new ToolError("x".repeat(7_990) + token, { retryable: false });
  },
  "rejects with a list of errors": (token) =>
    Promise.reject(new AggregateError([new Error(token)], `all failed: ${token}`, { cause: token })),
  "reports it": (token, { progress }) => {
    progress(`login with ${token}`);
    progress(token.slice(0, 8));
    progress(token.slice(8));
    return null;
  },
  "gives what is no JSON": (token) => ({ [token]: () => token }),
};

it.each(Object.entries(MISDEEDS))("a tool that %s leaves it nowhere", async (_, deed) => {
  const folder = mkdtempSync(join(tmpdir(), "planloom-canary-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const act = tool({
    name: "act",
    description: "Acts.",
    input: z.object({ token: z.string() }),
    effects: "none",
    run: ({ token }, context) => deed(token, context),
    summary: (output) => `Did ${CANARY} ${JSON.stringify(output)}`,
  });
  // An agent step calls the same tool. It knows the secret from elsewhere.
  const inner = tool({
    name: "inner",
    description: "Acts inside.",
    input: z.object({}),
    effects: "none",
    run: (_args, context) => deed(CANARY, context),
  });
  const executor = scriptedModel((request) =>
    request.messages.length > 1 ? { text: "done" } : { toolCalls: [{ name: "inner" }] },
  );
  const planner = scriptedModel(() => "no plan");
  const synthesizer = scriptedModel(() => "An answer.");
  const shown: unknown[] = [];
  const models = { executor, planner, synthesizer };
  const loom = await createLoom(
    { tools: [act, inner], store: join(folder, "s.db"), secrets, models, onFailure: "replan", replanContext: "full" },
    { env: {} },
  );
  const given = { token: { secret: "TOKEN" } };
  const retry = { attempts: 1 };
  const plan = {
    steps: [
      { id: "a", tool: "act", with: given, retry, onFailure: "skip" },
      { id: "b", agent: "Act inside.", tools: ["inner"], with: { a: "${{ a }}" }, retry, onFailure: "skip" },
      { id: "c", tool: "act", with: given, retry, dependsOn: ["b"] },
    ],
    answer: { from: ["a", "b", "c"] },
  };
  const listener = { event: (event: unknown) => shown.push(event), progress: (said: unknown) => shown.push(said) };
  const run = await loom.start("Act.", { plan, listener });
  const document = await run.result();
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), "latin1"));
  const everything = JSON.stringify([
    files,
    shown,
    document,
    await run.recording(),
    await run.journal(),
    [executor, planner, synthesizer].map(({ requests }) => requests),
  ]);
  expect(executor.requests.length).toBeGreaterThan(0);
  const forms = [CANARY, encodeURIComponent(CANARY), base64(CANARY).slice(0, 20), "Y2FuYXJ5", "anary/ki", "kiwi"];
  expect(forms.filter((form) => everything.toLowerCase().includes(form.toLowerCase()))).toEqual([]);
  await loom.close();
});

it("a tool that is asked about a call in doubt answers without it", async () => {
  const pay = tool({
    name: "pay",
    description: "Pays.",
    input: z.object({ token: z.string() }),
    output: z.object({ receipt: z.string() }),
    effects: "once",
    run: ({ token }): { receipt: string } => {
      throw new Error(`lost the connection of ${token}`);
    },
    reconcile: () => ({ happened: true, output: { receipt: `paid with ${CANARY}` } }),
  });
  const store = memoryStore();
  const loom = await createLoom({ tools: [pay], store, secrets }, { env: {} });
  const steps = [{ id: "a", tool: "pay", with: { token: { secret: "TOKEN" } } }];
  const document = await loom.run("Pay.", { plan: { steps, answer: { value: "${{ a.receipt }}" } } });
  expect(document.answer).toBe("paid with [secret TOKEN]");
  expect(JSON.stringify(await store.read(document.runId))).not.toContain(CANARY);
  await loom.close();
});

it("keeps no secret of an output that cannot be used, in a step and inside an agent step", async () => {
  const pay = tool({
    name: "pay",
    description: "Pays.",
    input: z.object({ token: z.unknown() }),
    output: z.object({ receipt: z.literal("sent") }),
    effects: "once",
    run: ({ token }) => ({ receipt: `paid with ${String(token)}`, [CANARY]: 1n }) as never,
  });
  const requests: unknown[] = [];
  const executor = scriptedModel((request, index) => {
    requests.push(request);
    return index === 0 ? { toolCalls: [{ name: "pay", args: { token: CANARY } }] } : "done";
  });
  const store = memoryStore();
  const loom = await createLoom({ tools: [pay], store, secrets, models: { executor } }, { env: {} });
  const steps = [
    { id: "a", tool: "pay", with: { token: { secret: "TOKEN" } } },
    { id: "b", agent: "Pay.", tools: ["pay"] },
  ];
  const document = await loom.run("Pay.", { plan: { steps, answer: { value: "${{ b }}" } } });
  expect(document.waiting?.unusable).toMatchObject([
    { output: { receipt: "paid with [secret TOKEN]", "[secret TOKEN]": "1" }, partial: true },
  ]);
  const [, after] = requests as { readonly messages: readonly unknown[] }[];
  // The model itself wrote the secret in its call.
  expect(JSON.stringify(after!.messages.at(-1))).not.toContain(CANARY);
  expect(JSON.stringify([document, await store.read(document.runId)])).not.toContain(CANARY);
  await loom.close();
});

it("no model reads a secret that a plan gives to summarize", async () => {
  const executor = scriptedModel(() => "short");
  const loom = await createLoom({ store: "memory", secrets, models: { executor } }, { env: {} });
  const steps = [{ id: "a", tool: "summarize", with: { text: { secret: "TOKEN" } } }];
  expect(await loom.run("x", { plan: { steps, answer: { value: "${{ a }}" } } })).toMatchObject({ answer: "short" });
  expect(executor.requests[0]!.messages).toEqual([{ role: "user", text: "[secret TOKEN]" }]);
  await loom.close();
});
