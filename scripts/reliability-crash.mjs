// One row of docs/reliability.md: kills at every durable write. Takes some minutes. In: nothing. Out: a Markdown table
// row.
import { number, printRow, testFigures } from "./test-figures.mjs";

const [crash] = testFigures("crash/crash.test.ts", { PLANLOOM_CRASH_ALL: "1" }).filter(({ name }) => name === "crash");
printRow(
  "SIGKILL before and after every durable write",
  `${crash.plans} plans, ${number(crash.points)} kills, of which some hit a resuming process; lost events, repeated once effects, ` +
    `replies paid twice, hangs: ${crash.violations}; recovery ${crash.recoveryMs} ms (median), ${number(crash.recoveryMsMax)} ms (max), ` +
    "from the start of the process to its first event",
);
