// `planloom mcp` as a process: on its streams and on a port, with a client of each revision, and its end.
import type { Client } from "@modelcontextprotocol/client";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import type { RunDocument } from "../../../src/loom/document.js";
import { workspace, type Workspace } from "../../cli/planloom.js";
import { TOKENS } from "../server.js";
import { approves, callsOf, mcpClient, REVISIONS, type Person, type Revision } from "./parts.js";

const NOTE = {
  goal: "Write a note",
  steps: [{ id: "note", tool: "write_file", with: { path: "notes.txt", text: "milk" } }],
  answer: { value: "done" },
};

function place(): Workspace {
  const here = workspace();
  here.write("planloom.config.json", { builtins: { files: { roots: ["."], write: true } } });
  return here;
}

/** A process on its streams, with a client of the SDK at the other end. */
async function begin(here: Workspace, revision: Revision, person?: Person) {
  const live = here.begin(["mcp"], { stdin: "open" });
  const { client, asked } = mcpClient(revision, person);
  const faults: Error[] = [];
  client.onerror = (error) => void faults.push(error);
  // Its ends of the streams are those of a client.
  await client.connect(new StdioServerTransport(live.child.stdout, live.child.stdin));
  return { live, asked, faults, ...callsOf(client) };
}

test("a client on the streams plans, has the plan approved and runs it; the end of the client ends the process", async () => {
  const here = place();
  const { live, call, asked, faults, client } = await begin(here, "2026-07-28", approves);
  expect(client.getNegotiatedProtocolVersion()).toBe("2026-07-28");
  const planned = await call("plan", { plan: NOTE });
  const done = await call("run", { runId: planned.runId });
  expect(done).toMatchObject({ status: "completed", answer: "done" });
  expect(readFileSync(join(here.folder, "notes.txt"), "utf8")).toBe("milk");
  expect(asked).toHaveLength(1);

  const waits = await call("plan", { plan: NOTE });
  expect(waits.waiting!.approvals[0]!.command).toMatch(/^`planloom approve run_\w+ --hash [0-9a-f]{64}`$/u);
  live.child.stdin.end();
  const { code, stderr } = await live.ended;
  expect([code, faults, stderr]).toEqual([0, [], expect.not.stringContaining("rror")]);
  // The run is kept, and a person approves it in another process.
  const kept = await here.json<RunDocument>(["approve", waits.runId, "--hash", waits.plan!.hash, "--json"]);
  expect(kept.status).toBe("completed");
});

test("a signal ends the process, the next one goes on, and a message that is too large breaks it", async () => {
  const here = place();
  const { live, call } = await begin(here, "2025-11-25");
  const { runId, status } = await call("plan", { plan: NOTE });
  expect(status).toBe("awaiting-approval");
  live.child.kill("SIGTERM");
  expect((await live.ended).code).toBe(0);

  const other = await begin(here, "2025-11-25", approves);
  expect(await other.call("run", { runId })).toMatchObject({ status: "completed", answer: "done" });
  other.live.child.stdin.write("x".repeat(11 * 1024 * 1024));
  const { code, stderr } = await other.live.ended;
  expect([code, stderr]).toEqual([1, expect.stringContaining("note:")]);
});

test("clients of both revisions plan, have the plan approved and run it on a port", async () => {
  const here = place();
  const live = here.begin(["mcp", "--port", "0"], { env: { PLANLOOM_TOKEN: TOKENS.all } });
  onTestFinished(() => void live.child.kill("SIGKILL"));
  const [url] = (await once(createInterface(live.child.stdout), "line")) as [string];
  for (const revision of REVISIONS) {
    const { client, asked } = mcpClient(revision, approves);
    await client.connect(httpTransport(url));
    const { call } = callsOf(client satisfies Client);
    const { runId } = await call("plan", { plan: NOTE });
    expect(await call("run", { runId })).toMatchObject({ status: "completed", answer: "done" });
    expect(asked).toHaveLength(1);
    await client.close();
  }
  live.child.kill("SIGTERM");
  expect((await live.ended).code).toBe(0);
});

const httpTransport = (url: string) =>
  new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { authorization: `Bearer ${TOKENS.all}` } },
  });
