// One row of docs/reliability.md: owners that are stopped and wake up again. In: `[--rounds 60]`. Out: a Markdown table
// row.
import { number, option, printRow, testFigures } from "./test-figures.mjs";

const [zombies] = testFigures("crash/zombies.test.ts", { PLANLOOM_ZOMBIES: option("rounds", "60") });
printRow(
  "SIGSTOP / SIGCONT: two to four processes on one run",
  `${number(zombies.rounds)} rounds, ${number(zombies.processes)} processes; double effects ${zombies.doubled}, ` +
    `writes refused to a woken process ${number(zombies.fenced)}`,
);
