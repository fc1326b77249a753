// The tables of bench/strategies.mjs, as they stand in docs/choosing.md. In: its report. Out: Markdown. Pure.

const seconds = (value) => value.toFixed(2);
const whole = (value) => Math.round(value).toLocaleString("en-US");
const times = (value) => (value === undefined ? "" : `${value.toFixed(1)} x`);
const line = (cells) => `| ${cells.join(" | ")} |`;
const headed = (names) => [line(names), `|${names.map(() => "---").join("|")}|`];

/** Wall times: one row for each way of each timed task. `react / plan`: the median of the ratios of the rounds. */
export function timeTable({ tasks }) {
  const rows = tasks.filter(({ timed }) => timed).flatMap(timeRows);
  return [...headed(["goal", "strategy", "seconds", "spread", "react / plan", "recorded", "target"]), ...rows].join(
    "\n",
  );
}

function timeRows({ name, ways, ideal, target, recorded, ratio }) {
  return ways.map(({ way, seconds: took }, at) => {
    const aims = { plan: `<= ${seconds(target ?? 0)}`, "plan, not streamed": `ideal ${seconds(ideal ?? 0)}` };
    const aim = target === undefined ? "" : (aims[way] ?? "");
    const spread = `${seconds(took.least)} to ${seconds(took.most)}`;
    const compared = way === "react" ? [times(ratio), times(recorded)] : ["", ""];
    return line([at === 0 ? name : "", way, seconds(took.median), spread, ...compared, aim]);
  });
}

/** Model calls by role, and input tokens. `fewer`: how many times fewer than those of react. */
export function spendTable({ tasks }) {
  const names = [
    "goal",
    "strategy",
    "planner",
    "executor",
    "synthesizer",
    "input tokens",
    "of them schema",
    "fewer than react",
    "target",
  ];
  return [...headed(names), ...tasks.flatMap(spendRows)].join("\n");
}

function spendRows({ name, ways, tokenTarget }) {
  const react = ways.find(({ way }) => way === "react");
  return ways
    .filter(({ way }) => way !== "plan, not streamed")
    .map(({ way, calls, tokens, schemaTokens }, at) => {
      const fewer = way === "react" || react === undefined ? undefined : react.tokens / tokens;
      const aim = way === "plan" && tokenTarget !== undefined ? `>= ${times(tokenTarget)}` : "";
      const { planner, executor, synthesizer } = calls;
      const sizes = [whole(tokens), schemaTokens === 0 ? "" : whole(schemaTokens), times(fewer), aim];
      return line([at === 0 ? name : "", way, planner, executor, synthesizer, ...sizes]);
    });
}

/** A page of the docs with the tables of a report between its marks. */
export function withFigures(page, report) {
  const tables = { time: timeTable(report), spent: spendTable(report), machine: machineLine(report) };
  return page.replaceAll(
    /(<!-- begin bench:strategies (\w+) -->\n)[^]*?(<!-- end -->)/g,
    (_, begin, name, end) => `${begin}\n${tables[name]}\n\n${end}`,
  );
}

const machineLine = ({ machine: { node, cores, load }, rounds }) =>
  `Node.js ${node}, ${cores} cores, load ${load}, ${rounds} rounds.`;
