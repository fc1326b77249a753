// @ts-check
// Analyses a small code base, plans a change, and changes it file by file, in a copy. Each change is shown as a diff
// before it is approved. Run it after a build: node examples/code-refactoring/run.mjs
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createLoom } from "planloom";
import { scriptedModels } from "./scripted.mjs";

const shop = mkdtempSync(path.join(tmpdir(), "planloom-shop-"));
cpSync(fileURLToPath(new URL("shop", import.meta.url)), shop, { recursive: true });
const loom = await createLoom({
  builtins: { files: { roots: [shop], write: true } },
  models: scriptedModels((text) => console.log(`${text}\n`)),
  store: "memory",
});

function tests() {
  const { status, stdout } = spawnSync(process.execPath, ["--test", "--test-reporter=tap"], { cwd: shop });
  const passed = /^# pass (\d+)$/mu.exec(String(stdout))?.[1];
  return status === 0 ? `${passed} tests pass` : `the tests fail:\n${stdout}`;
}

try {
  console.log(`Before: ${tests()}\n`);
  const run = await loom.start("Move the code that the files of the shop repeat into one file.");
  let result = await run.result();
  while (result.waiting !== undefined) {
    // A person reads the diff here, and decides.
    for (const { hash } of result.waiting.approvals) {
      const review = await run.review(hash);
      if (review.kind === "plan") console.log(`Approve the plan? ${review.lead}\n`);
      else if (review.preview?.kind === "diff") console.log(`Approve ${review.tool}?\n${review.preview.text}`);
      await run.approve(hash, { by: "example" });
    }
    result = await run.result();
  }
  console.log(`${result.answer}\n\nAfter: ${tests()}`);
} finally {
  await loom.close();
  rmSync(shop, { recursive: true, force: true });
}
