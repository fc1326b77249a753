// @ts-check
// A plan over the filesystem server of MCP. The write is shown as a diff before it is approved. Run it after a build:
// node examples/mcp-files/run.mjs
import { cpSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createLoom } from "planloom";
import { scriptedPlanner } from "./scripted.mjs";
import { filesServer } from "./server.mjs";

const notes = realpathSync(mkdtempSync(path.join(tmpdir(), "planloom-notes-")));
cpSync(fileURLToPath(new URL("notes", import.meta.url)), notes, { recursive: true });
const loom = await createLoom({
  mcp: { fs: filesServer(notes) },
  models: { planner: scriptedPlanner((text) => console.log(`${text}\n`)) },
  store: "memory",
});

try {
  const run = await loom.start("Tick off in list.md what receipt.txt says was bought.");
  let result = await run.result();
  while (result.waiting !== undefined) {
    // A person reads the diff here, and decides.
    for (const { hash } of result.waiting.approvals) {
      const review = await run.review(hash);
      if (review.kind === "plan") console.log(`Approve the plan? ${review.lead}\n`);
      else if (review.preview?.kind === "diff")
        console.log(`Approve ${review.tool}?\n${review.preview.text.replaceAll(`${notes}/`, "")}\n`);
      await run.approve(hash, { by: "example" });
    }
    result = await run.result();
  }
  console.log(result.answer ?? result.error?.message);
} finally {
  await loom.close();
  rmSync(notes, { recursive: true, force: true });
}
