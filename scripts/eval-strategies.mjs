// `npm run eval:strategies`: what the rules of the strategy `auto` choose for labelled goals, as confusion matrices. No
// model is asked: where no rule decides, a scripted model says plan.
import { createRequire } from "node:module";
import path from "node:path";
import { root } from "./install.mjs";

const { createJiti } = createRequire(path.join(root, "packages", "planloom", "package.json"))("jiti");
const jiti = createJiti(import.meta.url, { fsCache: false });
const { goalsOf, judged, matrixText } = await jiti.import("../packages/planloom/test/strategies/matrix.ts");

for (const [title, set] of [
  ["40 goals that follow the tables of the documents", "goals"],
  ["20 goals with which the rules were made", "development"],
])
  console.log(`${matrixText(title, judged(goalsOf(set)))}\n`);
console.log("The rules and both sets have one author. The figures show that the rules do what they are meant to do,");
console.log("and not how well they judge goals of others. Where no rule decides, a scripted model says plan.");
