// A plan over the real filesystem server of MCP, through an approval. The server is started by the plan that needs it.
import { mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createLoom } from "../../../src/index.js";

const server = join(
  dirname(createRequire(import.meta.url).resolve("@modelcontextprotocol/server-filesystem/package.json")),
  "dist/index.js",
);

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "mcp-files-")));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("a plan reads and writes files through the filesystem server", async () => {
  await writeFile(join(folder, "notes.txt"), "milk, bread");
  const loom = await createLoom({
    store: "memory",
    approval: "effects",
    mcp: { fs: { command: process.execPath, args: [server, folder] } },
  });
  const plan = {
    steps: [
      { id: "notes", tool: "fs.read_text_file", with: { path: join(folder, "notes.txt") } },
      {
        id: "copy",
        tool: "fs.write_file",
        with: { path: join(folder, "copy.txt"), content: "${{ notes.content }}" },
      },
    ],
    answer: { value: "${{ copy }}" },
  };
  const run = await loom.start("Copy the notes", { plan });
  const waiting = await run.result();
  expect(waiting.status).toBe("awaiting-approval");
  for (let waits = waiting; waits.status === "awaiting-approval"; waits = await run.result())
    await run.approve(waits.waiting!.approvals[0]!.hash);
  expect((await run.result()).status).toBe("completed");
  expect(await readFile(join(folder, "copy.txt"), "utf8")).toBe("milk, bread");
  await loom.close();
});
