// One row of docs/reliability.md: a step fails for good while its sibling acts, and another process retries the run.
// In: nothing. Out: a Markdown table row.
import { printRow, testFigures } from "./test-figures.mjs";

const [sibling] = testFigures("crash/failed-sibling.test.ts");
printRow(
  "A step fails for good while another (one effect) is in flight",
  `the run ends ${sibling.status}, with the effect recorded; retried by another process it is ${sibling.afterRetry}; the effect happened ${sibling.effects} time${sibling.effects === 1 ? "" : "s"} in all`,
);
