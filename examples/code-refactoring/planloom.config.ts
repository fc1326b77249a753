// The configuration of this example for the command line: the file tools over a copy of the shop, which they may change.
// SHOP names the folder of the copy. Without a model in the variables, scripted ones answer, and say so.
import { cpSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "planloom";
import { scriptedModels } from "./scripted.mjs";

const { PLANLOOM_MODEL, PLANLOOM_EXECUTOR_MODEL, SHOP } = process.env;
const hasModel = (PLANLOOM_EXECUTOR_MODEL ?? PLANLOOM_MODEL ?? "") !== "";
const shop = SHOP ?? path.join(tmpdir(), "planloom-shop");
if (!existsSync(shop)) cpSync(fileURLToPath(new URL("shop", import.meta.url)), shop, { recursive: true });

export default defineConfig({
  builtins: { files: { roots: [shop], write: true } },
  ...(hasModel ? {} : { models: scriptedModels((text) => console.error(text)) }),
});
