// Recorded plans of a small model in the format of TaskBench, through reader and check. In: the data's folder. Out:
// defects by kind, compared with a truth that is computed here without the library; and how often the right tool is
// suggested first.
import { scoreSample } from "../../packages/planloom-eval/dist/score.js";
import { taskbenchFormat } from "../../packages/planloom-eval/dist/taskbench-format.js";
import { dataFiles, noData, share, table } from "../intake-data.mjs";
import { meantTools } from "../intake-truth.mjs";

const TITLE = "Recorded plans: TaskBench";

export async function measure(data) {
  const files = dataFiles(data, "taskbench");
  const recordings = [...files.keys()].filter(
    (name) => name.endsWith(".jsonl") && toolsBeside(name, files) !== undefined,
  );
  if (recordings.length === 0)
    return noData(TITLE, "a recording with its tools (taskbench/NAME.jsonl, NAME.tool_desc.json)");
  const measured = recordings.map((name) => measureRecording(name, files));
  return {
    title: TITLE,
    markdown: measured.map(({ markdown }) => markdown).join("\n\n"),
    ok: measured.every(({ ok }) => ok),
    figures: Object.fromEntries(measured.map(({ name, figures }) => [name, figures])),
  };
}

const toolsBeside = (name, files) => files.get(`${name.split(".")[0]}.tool_desc.json`);

function measureRecording(name, files) {
  const described = JSON.parse(toolsBeside(name, files)());
  const inventory = taskbenchFormat.tools(described);
  const known = new Set(described.nodes.map(({ id }) => id));
  const lines = files
    .get(name)()
    .split("\n")
    .filter((line) => line.trim() !== "");
  const plans = lines
    .map(strictly)
    .filter((record) => record !== undefined)
    .map((record) => judge(record, inventory, known));
  const hard = plans.filter(({ truth }) => truth.size > 0);
  const missed = hard.filter(
    (plan) => [...plan.truth].some((code) => !plan.errors.has(code)) || !namesEachTool(plan, known),
  );
  const falsely = plans.filter(({ errors, truth }) => [...errors].some((code) => !truth.has(code)));
  const suggested = suggestions(plans);
  const figures = {
    records: lines.length,
    parsed: plans.length,
    soundAsWritten: plans.filter(({ score }) => score.asWritten.sound).length,
    sound: plans.filter(({ score }) => score.read.sound).length,
    hardDefect: hard.length,
    refusedRightly: hard.length - missed.length,
    soundRefused: plans.filter(({ truth, errors }) => truth.size === 0 && errors.size > 0).length,
    disagreements: [...missed, ...falsely].map(({ id }) => id),
    suggested: { judged: suggested.judged, first: suggested.first, firstThree: suggested.firstThree },
  };
  return { name, figures, ok: figures.disagreements.length === 0, markdown: textOf(name, plans, figures, suggested) };
}

function strictly(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function judge(record, inventory, known) {
  const sample = taskbenchFormat.sample(record, inventory, "?");
  const score = scoreSample(sample, taskbenchFormat);
  const findings = score.read.findings.filter(({ severity }) => severity === "error");
  return {
    id: sample.id,
    record,
    score,
    findings,
    errors: new Set(findings.map(({ code }) => code)),
    truth: defects(record, known),
  };
}

/** The truth, from the record alone: the hard defects of a plan, by the code that must report each. */
function defects({ task_nodes: nodes, task_links: links = [] }, known) {
  const names = nodes.map(({ task }) => task);
  const linked = new Set(links.flatMap(({ source, target }) => [source, target]));
  const found = new Set();
  if (names.length === 0) found.add("EMPTY_PLAN");
  if (names.some((name) => !known.has(name))) found.add("UNKNOWN_TOOL");
  if (names.some((name, at) => names.indexOf(name) !== at && linked.has(name))) found.add("DUPLICATE_ID");
  if ([...linked].some((name) => !names.includes(name))) found.add("UNKNOWN_DEPENDENCY");
  if (links.some(({ source, target }) => source === target)) found.add("SELF_REFERENCE");
  if (goesRound(names, links)) found.add("CYCLE");
  const indexes = [...JSON.stringify(nodes.map(({ arguments: given }) => given ?? null)).matchAll(/<node-(\d+)>/g)];
  if (indexes.some(([, index]) => Number(index) >= nodes.length)) found.add("UNKNOWN_REFERENCE");
  return found;
}

/** Whether exactly the nodes with an unknown tool have a finding of their own. */
function namesEachTool({ record, findings }, known) {
  const wanted = record.task_nodes.flatMap(({ task }, at) => (known.has(task) ? [] : [`/steps/${at}/tool`]));
  const found = findings.filter(({ code }) => code === "UNKNOWN_TOOL").map(({ where }) => where.pointer);
  return wanted.sort().join() === found.sort().join();
}

/** Removes nodes without incoming links until none is left, or only a cycle. Links of a node to itself are ignored. */
function goesRound(names, links) {
  let left = links.filter(
    ({ source, target }) => source !== target && names.includes(source) && names.includes(target),
  );
  for (;;) {
    const reached = new Set(left.map(({ target }) => target));
    const next = left.filter(({ source }) => reached.has(source));
    if (next.length === left.length) return left.length > 0;
    left = next;
  }
}

/** For each node with an unknown tool: the intended tool, and its rank among the suggestions of the finding. */
function suggestions(plans) {
  const rows = new Map();
  const sum = { judged: 0, first: 0, firstThree: 0, nothingMeant: 0, unjudged: 0, rows };
  for (const { record, findings } of plans) {
    for (const { code, where, fix } of findings) {
      if (code !== "UNKNOWN_TOOL") continue;
      const at = Number(where.pointer.split("/")[2]);
      const name = record.task_nodes[at].task;
      const meant = meantTools(name, stepText(record.task_steps?.[at]));
      if (meant === undefined) sum.unjudged++;
      else if (meant.length === 0) sum.nothingMeant++;
      else {
        const place = namedIn(fix).findIndex((tool) => meant.includes(tool));
        const row = rows.get(name) ?? { judged: 0, firstThree: 0, meant: new Set() };
        rows.set(name, row);
        meant.forEach((tool) => row.meant.add(tool));
        sum.judged++;
        row.judged++;
        if (place === 0) sum.first++;
        if (place >= 0 && place < 3) {
          sum.firstThree++;
          row.firstThree++;
        }
      }
    }
  }
  return sum;
}

const stepText = (step) => (typeof step === "object" && step !== null ? JSON.stringify(step) : String(step ?? ""));

/** `Did you mean A, B or C?` as [A, B, C]. */
const namedIn = (fix) => (/^Did you mean (.*?)\?/.exec(fix)?.[1] ?? "").split(/, | or /);

function textOf(name, plans, figures, suggested) {
  const { records, parsed, hardDefect } = figures;
  const kinds = new Map();
  for (const { findings, truth } of plans) {
    for (const code of new Set([...findings.map((finding) => finding.code), ...truth])) {
      const row = kinds.get(code) ?? { plans: 0, truth: 0, times: 0 };
      kinds.set(code, row);
      row.times += findings.filter((finding) => finding.code === code).length;
      if (findings.some((finding) => finding.code === code)) row.plans++;
      if (truth.has(code)) row.truth++;
    }
  }
  return [
    `\`${name}\`: ${records} records. The plans were parsed before they were recorded, so strict \`JSON.parse\` takes ${share(parsed, records)} of ` +
      `them. Of these, ${share(figures.sound, parsed)} are sound (as written, without the reader: ${figures.soundAsWritten}).`,
    table(
      ["finding", "plans that have the fault", "plans with the finding", "times"],
      ...[...kinds]
        .sort((a, b) => b[1].truth - a[1].truth)
        .map(([code, row]) => [`\`${code}\``, row.truth, row.plans, row.times]),
    ),
    table(
      ["", ""],
      ["plans that have a hard defect", share(hardDefect, parsed)],
      ["of these refused, with all findings that apply", share(figures.refusedRightly, hardDefect)],
      ["sound plans refused", share(figures.soundRefused, parsed - hardDefect)],
      ["disagreements", figures.disagreements.length === 0 ? "none" : figures.disagreements.slice(0, 20).join(", ")],
      ["the right tool is suggested first", share(suggested.first, suggested.judged)],
      ["the right tool is among the first three", share(suggested.firstThree, suggested.judged)],
      ["no tool of the inventory fits", suggested.nothingMeant],
      ["names that nobody has judged by hand", suggested.unjudged],
    ).replace("|  |  |", "| figure | value |"),
    missesText(suggested.rows),
  ].join("\n\n");
}

function missesText(rows) {
  const missing = [...rows].filter(([, { judged, firstThree }]) => firstThree < judged);
  if (missing.length === 0) return "";
  return `Unknown names whose right tool is not among the three suggestions:\n\n${table(
    ["name", "missed", "meant"],
    ...missing.map(([name, { judged, firstThree, meant }]) => [
      name,
      `${judged - firstThree} of ${judged}`,
      [...meant].join(", "),
    ]),
  )}`;
}
