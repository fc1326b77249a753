// MCP servers in runs: which of them are started, what a change of their tools means for a run, and their end.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createLoom, type Loom } from "../../../src/index.js";
import { ownServer } from "./servers.js";

let folder: string;
let loom: Loom;
const record = (name: string) => join(folder, name);
const records = (name: string) => readFile(record(name), "utf8").catch(() => "");

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mcp-loom-"));
  loom = await createLoom({
    store: "memory",
    approval: "effects",
    mcp: {
      used: {
        ...ownServer("new", "deaf"),
        env: { RECORD: record("used"), API_TOKEN: "a-secret-value", STORE: "pg://ann:pass-word@db/x" },
      },
      other: { ...ownServer("new"), env: { RECORD: record("other") } },
      broken: { command: join(folder, "no-such-program") },
    },
  });
});
afterAll(async () => {
  await loom.close();
  await rm(folder, { recursive: true, force: true });
});

const planOf = (...tools: readonly (readonly [tool: string, args?: object])[]) => ({
  steps: tools.map(([tool, args = {}], at) => ({
    id: `s${at}`,
    tool: `used.${tool}`,
    with: args,
    ...(at === 0 ? {} : { after: [`s${at - 1}`] }),
  })),
  answer: { value: `\${{ s${tools.length - 1} }}` },
});

/** Approves what waits until a call waits because its tool has changed, or the run ends. */
async function driven(plan: unknown) {
  const run = await loom.start("Use the server", { plan });
  for (;;) {
    const document = await run.result();
    const [approval] = document.waiting?.approvals ?? [];
    if (approval === undefined || approval.changes?.length) return { run, document, approval };
    await run.approve(approval.hash);
  }
}

test("a server is started when a plan names its tools, and no other server is", async () => {
  const plan = planOf(["echo", { text: "hi" }]);
  const [finding] = loom.check(plan).findings;
  expect(finding).toMatchObject({ code: "SERVER_NOT_OPENED", params: { tool: "used.echo", server: "used" } });
  expect(await records("used")).toBe("");
  expect((await driven(plan)).document).toMatchObject({ status: "completed", answer: "hi" });
  expect(loom.check(plan)).toMatchObject({ ok: true });
  expect(loom.check({ steps: [{ id: "a", tool: "used.ecko" }] }).findings[0]).toMatchObject({ code: "UNKNOWN_TOOL" });
  expect(await records("used")).toMatch(/^started/);
  expect(await records("other")).toBe("");
});

test("a server that cannot be started is named, and the others can be used", async () => {
  await expect(loom.tools()).rejects.toMatchObject({ code: "MCP_UNAVAILABLE", params: { server: "broken" } });
  await expect(loom.start("x", { plan: { steps: [{ id: "a", tool: "broken.b" }] } })).rejects.toMatchObject({
    code: "MCP_UNAVAILABLE",
  });
  const servers = await loom.toolServers();
  expect(servers.map(({ name, tools, error }) => [name, tools.length > 10, error === undefined])).toEqual([
    ["used", true, true],
    ["other", true, true],
    ["broken", false, false],
  ]);
});

test("a variable of the server that holds a secret is in no log", async () => {
  const { run, document } = await driven(planOf(["variable", { name: "API_TOKEN" }], ["variable", { name: "STORE" }]));
  expect(document.steps.map(({ output }) => output)).toEqual(["[secret API_TOKEN]", "[secret STORE]"]);
  const log = [];
  for await (const event of run.events()) log.push(event);
  expect(JSON.stringify(log)).not.toMatch(/a-secret-value|pass-word/);
});

test("the call of a tool that changed after the approval waits, and a removed tool is not called", async () => {
  const plan = planOf(["change", { what: "description" }], ["echo", { text: "hi" }]);
  const { run, document, approval } = await driven(plan);
  expect(document.status).toBe("awaiting-approval");
  expect(approval?.changes).toEqual([
    expect.objectContaining({ tool: "used.echo", differences: [expect.objectContaining({ field: "description" })] }),
  ]);
  await run.approve(approval!.hash);
  expect(await run.result()).toMatchObject({ status: "completed", answer: "hi" });

  const removing = await driven(planOf(["change", { what: "remove" }], ["echo", { text: "hi" }]));
  expect(removing.document).toMatchObject({ status: "failed", error: { code: "TOOL_GONE" } });
});

test("a call that acts once is in doubt after its server died", async () => {
  const { run, document } = await driven(planOf(["die"]));
  expect(document.waiting?.unknown).toMatchObject([{ step: "s0" }]);
  await run.cancel();
});

test("the end of the loom ends a server that ends at no friendly sign", async () => {
  const { document } = await driven(planOf(["pid"]));
  await loom.close();
  const isAlive = () => {
    try {
      return process.kill(Number(document.answer), 0);
    } catch {
      return false;
    }
  };
  await expect.poll(isAlive).toBe(false);
  expect(await records("used")).toContain("SIGTERM");
});
