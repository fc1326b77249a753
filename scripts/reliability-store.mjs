// Two rows of docs/reliability.md: damaged files and full disks. In: `[--samples 5000]` for each kind of log, or
// `--samples all`, which tries every byte and takes hours. Out: two Markdown table rows.
import { number, option, printRow, testFigures } from "./test-figures.mjs";

const damages = testFigures("store/damage.test.ts", { PLANLOOM_DAMAGE: option("samples", "5000") });
const sum = (name) => number(damages.reduce((total, figures) => total + figures[name], 0));
printRow(
  "Truncated files and flipped bits",
  `${sum("samples")} over ${damages.length} kinds of log; equal content ${sum("equal")}, refused with a code ${sum("refused")}, ` +
    `write-ahead log cut at a sound commit ${sum("prefix")}, wrong recoveries ${sum("wrong")}`,
);
const [disk] = testFigures("store/full-disk.test.ts");
printRow(
  "A tiny full disk",
  `${disk.full} runs stopped with STORE_FULL, completed once there was room: ${disk.completed}`,
);
