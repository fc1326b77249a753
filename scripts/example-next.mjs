// `npm run example:next`: builds and tries examples/next-chat with Next.js. In: the example, and Planloom as it would be
// published. Out: one line for each stage. The app is installed into a temporary folder, because Next.js is too large for
// the packages of this repository.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { build, install, root } from "./install.mjs";

install();
build();
const folder = mkdtempSync(path.join(tmpdir(), "planloom-next-"));
try {
  const app = path.join(folder, "app");
  cpSync(path.join(root, "examples", "next-chat"), app, {
    recursive: true,
    filter: (file) => !/node_modules|\.next|\.test\.ts$/.test(path.relative(root, file)),
  });
  const packed = npm(["pack", "--workspace", "planloom", "--pack-destination", folder], root);
  const manifest = path.join(app, "package.json");
  const settings = JSON.parse(readFileSync(manifest, "utf8"));
  settings.dependencies.planloom = `file:${path.join(folder, packed.trim().split("\n").at(-1))}`;
  writeFileSync(manifest, JSON.stringify(settings));
  npm(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], app);
  console.log("installed");
  console.log(npm(["run", "build"], app).trim());
  await tried(app);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Its standard output. Ends this process if it fails. */
function npm(args, cwd) {
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1" };
  const done = spawnSync("npm", args, { cwd, env, encoding: "utf8", shell: process.platform === "win32" });
  if (done.status === 0) return done.stdout;
  throw new Error(`npm ${args.join(" ")} failed:\n${done.stdout}${done.stderr}`);
}

/** Starts the built app, and refunds an order as the page does it. */
async function tried(app) {
  const port = await freePort();
  const next = path.join(app, "node_modules", "next", "dist", "bin", "next");
  const server = spawn(process.execPath, [next, "start", "--port", String(port)], { cwd: app, stdio: "pipe" });
  try {
    let log = "";
    for await (const chunk of server.stdout) if (/Ready in/.test((log += chunk))) break;
    const url = `http://localhost:${port}`;
    const page = await (await fetch(url)).text();
    console.log(page.includes("Refund order 12345") ? "the page is served" : `the page differs: ${page}`);
    const asked = await send(url, { role: "user", parts: [{ type: "text", text: "Refund order 12345" }] });
    const { approvalId } = asked.find(({ type }) => type === "tool-approval-request");
    const { messageMetadata: metadata } = asked.at(-1);
    const approval = { id: approvalId, approved: true };
    const parts = [{ type: "dynamic-tool", state: "approval-responded", approval }];
    const done = await send(url, { role: "assistant", metadata, parts });
    const text = done.flatMap(({ type, delta }) => (type === "text-delta" ? [delta] : [])).join("");
    console.log(`the answer after the approval: ${text}`);
    if (!text.includes("paid back 40 for order 12345")) process.exitCode = 1;
  } finally {
    server.kill();
    await once(server, "close");
  }
}

async function send(url, message) {
  const response = await fetch(`${url}/api/chat`, { method: "POST", body: JSON.stringify({ message }) });
  const events = (await response.text()).split("\n\n").filter((event) => event.startsWith("data: {"));
  return events.map((event) => JSON.parse(event.slice("data: ".length)));
}

async function freePort() {
  const server = createServer().listen(0);
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
