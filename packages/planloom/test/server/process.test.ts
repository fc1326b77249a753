// The server as a process: killed, asked to stop, and started again. A client in Python uses it.
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { listen } from "../../src/server/listen.js";
import { readerOf, restOf } from "./sse.js";
import { TOKENS } from "./server.js";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const bin = path.join(root, "packages/planloom/bin/planloom.js");
const folder = mkdtempSync(path.join(tmpdir(), "planloom-server-"));
const headers = { authorization: `Bearer ${TOKENS.all}`, "content-type": "application/json" };
const started: ChildProcess[] = [];

/** Calls of the tool `wait`, which return when they are answered. */
const calls: ServerResponse[] = [];
const callers: (() => void)[] = [];
const outside = createServer((_request, response) => {
  calls.push(response);
  callers.shift()?.();
});
const nextCall = () => new Promise<void>((resolve) => callers.push(resolve));

beforeAll(async () => {
  outside.listen(0, "127.0.0.1");
  await once(outside, "listening");
  const { port } = outside.address() as AddressInfo;
  writeFileSync(
    path.join(folder, "planloom.config.mjs"),
    `import { z } from ${JSON.stringify(import.meta.resolve("zod"))};
import { tool } from ${JSON.stringify(new URL("../../dist/index.js", import.meta.url).href)};
const run = async (_, { signal }) => (await fetch("http://127.0.0.1:${port}/", { signal })).text();
const deaf = () => new Promise(() => process.stdout.write("called\\n"));
const given = { description: "Waits.", input: z.object({}), effects: "none" };
export default { tools: [tool({ name: "wait", ...given, run }), tool({ name: "deaf", ...given, run: deaf })] };
`,
  );
});

afterAll(() => {
  for (const process_ of started) process_.kill("SIGKILL");
  outside.closeAllConnections();
  outside.close();
  rmSync(folder, { recursive: true });
});

interface Served {
  readonly url: string;
  readonly process: ChildProcess;
  /** Lines of stderr. What a tool prints is there, too. */
  readonly told: Interface;
}

async function serve(store = "runs.db"): Promise<Served> {
  const args = [bin, "serve", "--port", "0", "--store", store, "--config", "planloom.config.mjs"];
  const env = { ...process.env, PLANLOOM_TOKENS: `ann=${TOKENS.all} dash:read=${TOKENS.read}` };
  const server = spawn(process.execPath, args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  started.push(server);
  const told = createInterface(server.stderr);
  const [url] = (await once(createInterface(server.stdout), "line")) as [string];
  return { url, process: server, told };
}

test("a run goes on after the server was killed, and after it was asked to stop", { timeout: 120_000 }, async () => {
  const first = await serve();
  const plan = { goal: "Wait", steps: [{ id: "w", tool: "wait", with: {} }], answer: { value: "${{ w }}" } };
  const called = nextCall();
  const response = await fetch(`${first.url}/v1/runs`, { method: "POST", headers, body: JSON.stringify({ plan }) });
  expect(response.status).toBe(201);
  const { runId } = (await response.json()) as { readonly runId: string };
  await called;
  const [calledAgain, killed] = [nextCall(), once(first.process, "exit")];
  first.process.kill("SIGKILL");
  await killed;

  const second = await serve();
  await calledAgain;
  const events = (url: string) =>
    fetch(`${url}/v1/runs/${runId}/events`, { headers: { ...headers, accept: "text/event-stream" } });
  const followed = restOf(readerOf(await events(second.url)));
  const [calledLast, stopped] = [nextCall(), once(second.process, "exit")];
  second.process.kill("SIGTERM");
  expect(await stopped).toEqual([0, null]);
  expect((await followed).at(-1)).toMatchObject({ type: "end", data: { reason: "server-stopping" } });

  const third = await serve();
  await calledLast;
  calls.at(-1)!.end("done");
  const received = await restOf(readerOf(await events(third.url)));
  expect(received.map(({ type }) => type).slice(-2)).toEqual(["run.completed", "end"]);
  const run = await (await fetch(`${third.url}/v1/runs/${runId}`, { headers })).json();
  expect(run).toMatchObject({ status: "completed", answer: "done" });
  await clientInPython(third.url);
  third.process.kill("SIGINT");
  expect(await once(third.process, "exit")).toEqual([0, null]);
});

test(
  "a second SIGTERM ends a server at once that waits for a tool which does not stop",
  { timeout: 60_000 },
  async () => {
    const server = await serve("memory");
    const called = lineWith(server.told, "called");
    const plan = { goal: "Wait", steps: [{ id: "d", tool: "deaf", with: {} }], answer: { value: "${{ d }}" } };
    const body = JSON.stringify({ plan });
    expect((await fetch(`${server.url}/v1/runs`, { method: "POST", headers, body })).status).toBe(201);
    await called;
    const [exited, stopping] = [once(server.process, "exit"), lineWith(server.told, "Stopping.")];
    server.process.kill("SIGTERM");
    expect(await stopping).toContain("Once more ends at once.");
    expect(server.process.exitCode).toBeNull();
    server.process.kill("SIGTERM");
    expect(await exited).toEqual([null, "SIGTERM"]);
  },
);

function lineWith(lines: Interface, text: string): Promise<string> {
  return new Promise((resolve) => lines.on("line", (line) => line.includes(text) && resolve(line)));
}

/** Runs the example. Without Python it says so. */
async function clientInPython(url: string): Promise<void> {
  if (spawnSync("python3", ["--version"]).status !== 0)
    return console.warn("There is no python3: examples/python-client is not tried.");
  const cwd = path.join(root, "examples/python-client");
  const env = { ...process.env, PLANLOOM_URL: url, PLANLOOM_TOKEN: TOKENS.all };
  const client = spawn("python3", ["client.py", "start.json"], { cwd, env, stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  client.stdout.on("data", (data: Buffer) => (printed += data.toString()));
  expect(await once(client, "close")).toEqual([0, null]);
  expect(printed).toContain("approval.requested\napproval.granted\n");
  expect(printed.trimEnd().split("\n").slice(-2)).toEqual(["end", "answer: 245.5"]);
}

test("slow clients are cut off, connections have a limit, and a port in use is told", async () => {
  const limits = { headersMs: 60, requestMs: 60, connections: 3, stopMs: 0 };
  const app = { fetch: () => new Response("ok") };
  const server = await listen(() => app, { host: "127.0.0.1", port: 0, limits });
  const ended = async (text: string) => {
    const socket = connect(server.port, "127.0.0.1", () => void socket.write(text));
    let answer = "";
    socket.on("data", (data: Buffer) => (answer += data.toString()));
    await once(socket, "close");
    return answer.split("\r\n")[0];
  };
  const slow = [ended("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "), ended("")];
  const body = ended("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nContent-Type: application/json\r\n\r\n{");
  expect(await Promise.all(slow)).toEqual(["HTTP/1.1 408 Request Timeout", expect.any(String)]);
  await body;
  const open = Array.from({ length: 4 }, () => connect(server.port, "127.0.0.1"));
  await Promise.race(open.map((socket) => once(socket, "close")));
  for (const socket of open) socket.destroy();
  await expect(listen(() => app, { host: "127.0.0.1", port: server.port })).rejects.toMatchObject({
    code: "LISTEN_FAILED",
    params: { because: "in-use" },
  });
  await expect(listen(() => app, { host: "192.0.2.1", port: 0 })).rejects.toMatchObject({
    params: { because: "no-such-address" },
  });
  await server.close();
});
