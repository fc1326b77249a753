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
    const isPlan = way.startsWith("plan");
    const aim = isPlan && target !== undefined ? `<= ${seconds(target)} (ideal ${seconds(ideal)})` : "";
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
