// Measuring: medians with their spread, and a table. In: functions that take time. Out: numbers and text.

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Median, least and greatest of `rounds` measurements; the first `warm` are thrown away. */
export async function rounds(count, measure, warm = 1) {
  const values = [];
  for (let i = -warm; i < count; i++) {
    const value = await measure();
    if (i >= 0) values.push(value);
  }
  return summary(values);
}

export function summary(values) {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values), rounds: values.length };
}

const shown = (value) => (value >= 100 ? value.toFixed(0) : value >= 1 ? value.toFixed(2) : value.toFixed(4));

export function row(what, unit, result, target) {
  const spread =
    result.rounds > 1 ? `${shown(result.least)} to ${shown(result.most)}, ${result.rounds} rounds` : "once";
  return { what, measured: `${shown(result.median)} ${unit}`.trim(), spread, target };
}

/** A Markdown table, with columns padded for the terminal. */
export function table(rows) {
  const columns = ["what", "measured", "spread", "target"];
  const widths = columns.map((name) => Math.max(name.length, ...rows.map((entry) => String(entry[name]).length)));
  const line = (cells) => `| ${cells.map((cell, i) => String(cell).padEnd(widths[i])).join(" | ")} |`;
  return [
    line(columns),
    line(widths.map((width) => "-".repeat(width))),
    ...rows.map((entry) => line(columns.map((name) => entry[name]))),
  ].join("\n");
}
