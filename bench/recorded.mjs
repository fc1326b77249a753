// Plans that models and people wrote elsewhere, held against the reader and check. In: `node bench/recorded.mjs PATH [--show N]`,
// PATH holding taskbench/, nestful/ and parallelqa/. Out: how many are read and refused, by which finding, and where check
// and an independent look at the same plan disagree. Each data set is converted here, as plainly as possible.
import { readFileSync } from "node:fs";
import path from "node:path";
import { packageDir } from "./library.mjs";

const { check } = await import(path.join(packageDir, "dist", "plan", "check.js"));
const { readPlan } = await import(path.join(packageDir, "dist", "plan", "read.js"));

const [folder, , show = "0"] = process.argv.slice(2);
if (folder === undefined) {
  console.error("Name the folder of the data sets: node bench/recorded.mjs PATH [--show N]");
  process.exit(2);
}
const text = (...names) => readFileSync(path.join(folder, ...names), "utf8");
const json = (...names) => JSON.parse(text(...names));

/** Reads and checks each plan; `defects` is what an independent look finds, [] for a sound plan. */
function judge(name, cases) {
  const counts = { plans: cases.length, read: 0, accepted: 0, falseAlarms: 0, missed: 0 };
  const byCode = new Map();
  const examples = [];
  for (const { id, document, inventory, defects } of cases) {
    const read = readPlan(JSON.stringify(document), { inventory });
    if (read.kind === "plan") counts.read++;
    const checked = read.kind === "plan" ? check(read.draft, inventory, { locate: read.locate, goal: "-" }) : read;
    const errors = checked.ok ? [] : checked.findings.filter(({ severity }) => severity === "error");
    if (checked.ok) counts.accepted++;
    for (const code of new Set(errors.map((finding) => finding.code))) byCode.set(code, (byCode.get(code) ?? 0) + 1);
    const alarm = errors.length > 0 && defects.length === 0;
    const missed = errors.length === 0 && defects.length > 0;
    if (alarm) counts.falseAlarms++;
    if (missed) counts.missed++;
    if (alarm || missed)
      examples.push({
        id,
        defects,
        errors: errors.map(({ code, message, where }) => `${code} ${where.pointer}: ${message}`),
      });
  }
  const codes = [...byCode].sort((a, b) => b[1] - a[1]).map(([code, count]) => `${code} ${count}`);
  console.log(
    `| ${name} | ${counts.plans} | ${counts.read} | ${counts.accepted} | ${codes.join(", ") || "none"} | ` +
      `${counts.falseAlarms} | ${counts.missed} |`,
  );
  for (const example of examples.slice(0, Number(show))) console.error(JSON.stringify(example, null, 1));
}

// TaskBench: calls by display name with positional arguments, and links between them

function taskbench() {
  const nodes = json("taskbench", "multimedia.tool_desc.json").nodes;
  const tools = nodes.map((node) => {
    const names = node["input-type"].map((type, i, all) => (all.indexOf(type) === i ? type : `${type}${i + 1}`));
    const properties = Object.fromEntries(names.map((name) => [name, { type: "string" }]));
    const input = { type: "object", properties, required: names, additionalProperties: false };
    return { name: node.id, description: node.desc, input, output: { type: "string" }, effects: "none" };
  });
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  const plans = text("taskbench", "multimedia.CodeLlama-13b.direct.jsonl").trim().split("\n").map(JSON.parse);
  return plans.map(({ id, user_request, task_steps, task_nodes, task_links }) => {
    const idOf = new Map(task_nodes.map((node, i) => [node.task, `s${i + 1}`]));
    const steps = task_nodes.map((node, i) => {
      const dependsOn = task_links
        .filter((link) => link.target === node.task)
        .map((link) => idOf.get(link.source) ?? link.source);
      return {
        id: `s${i + 1}`,
        tool: node.task,
        ...argumentsOf(node, byName.get(node.task), task_steps[i]),
        dependsOn,
      };
    });
    const document = { goal: user_request, steps };
    return { id, document, inventory: { tools }, defects: defectsOf(task_nodes, task_links, byName) };
  });
}

/** The arguments where there is one for each; otherwise a model is to fill them in from the text of the step. */
function argumentsOf({ task, arguments: given }, tool, sentence) {
  const names = tool?.input.required ?? [];
  const values = (given ?? []).map((value) => (typeof value === "object" ? (value.value ?? value.name) : value));
  if (values.length !== names.length || values.some((value) => typeof value !== "string"))
    return { fill: typeof sentence === "object" ? sentence.description : (sentence ?? task) };
  return { with: Object.fromEntries(names.map((name, i) => [name, values[i]])) };
}

/** Without Planloom: tools that do not exist, links that lead nowhere or to themselves, circles, nothing at all. */
function defectsOf(nodes, links, byName) {
  const names = new Set(nodes.map(({ task }) => task));
  const defects = nodes.length === 0 ? ["empty"] : [];
  for (const name of names) if (!byName.has(name)) defects.push(`tool ${name}`);
  for (const { source, target } of links) {
    if (!names.has(target)) continue;
    if (source === target) defects.push(`self ${source}`);
    else if (!names.has(source)) defects.push(`link from ${source}`);
  }
  const left = new Set(names);
  const free = (name) => !links.some(({ source, target }) => target === name && source !== name && left.has(source));
  for (let found = true; found;) {
    found = false;
    for (const name of left) if (free(name)) found = left.delete(name);
  }
  return left.size > 0 ? [...defects, "circle"] : defects;
}

// NESTFUL: gold calls that refer to each other by $label.path$

const KINDS = {
  string: "string",
  number: "number",
  float: "number",
  integer: "integer",
  boolean: "boolean",
  enum: "string",
};

function schemaOf({ type, properties, items, enum: values } = {}) {
  const kind = typeof type === "string" ? type.toLowerCase() : undefined;
  if (Array.isArray(values)) return { enum: values };
  if (kind === "array") return { type: "array", items: items === undefined ? {} : schemaOf(items) };
  if (properties !== undefined) return { type: "object", properties: mapped(properties) };
  return KINDS[kind] === undefined ? {} : { type: KINDS[kind] };
}

const mapped = (fields) => Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, schemaOf(field)]));

function nestfulTool(spec) {
  const fields = { ...spec.path_parameters, ...spec.query_parameters };
  const required = Object.keys(fields).filter((name) => fields[name].required === true);
  const input = { type: "object", properties: mapped(fields), required, additionalProperties: false };
  const output = { type: "object", properties: mapped(spec.output_parameters), additionalProperties: false };
  return { name: spec.name, description: spec.description, input, output, effects: "none" };
}

const pathText = (parts) =>
  parts
    .map((part, i) =>
      i === 0 ? part : /^[A-Za-z_]\w*(\[\d+\])*$/.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`,
    )
    .join("");

/** `$var1.a.b$` as a reference; what stands around it stays text. */
function reference(value) {
  if (typeof value !== "string") return value;
  return value.replaceAll(/\$(var\d+[^$]*)\$/g, (_, written) => `\${{ ${pathText(written.split("."))} }}`);
}

const references = (fields) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, reference(value)]));

/** Which paths are not in the tool's declared output, which arguments it does not have or needs, and which labels are unknown. */
function nestfulDefects(calls, specs) {
  const labels = new Map();
  const defects = [];
  for (const call of calls) {
    const spec = specs.get(call.name);
    if (spec === undefined && call.name !== "var_result") defects.push(`tool ${call.name}`);
    const fields = { ...spec?.path_parameters, ...spec?.query_parameters };
    for (const [name, value] of Object.entries(call.arguments)) {
      if (spec !== undefined && fields[name] === undefined) defects.push(`argument ${call.name}.${name}`);
      for (const [, written] of String(value).matchAll(/\$(var\d+[^$]*)\$/g))
        defects.push(...pathDefects(written, labels, specs));
      const wanted = KINDS[String(fields[name]?.type).toLowerCase()];
      if (wanted === "string" && typeof value !== "string") defects.push(`${call.name}.${name} is no text`);
      if (wanted === "number" && typeof value === "string" && !value.includes("$"))
        defects.push(`${call.name}.${name} is text`);
    }
    for (const [name, field] of Object.entries(fields))
      if (field.required === true && call.arguments[name] === undefined) defects.push(`missing ${call.name}.${name}`);
    if (call.label !== undefined) labels.set(call.label, call.name);
  }
  return defects;
}

function pathDefects(written, labels, specs) {
  const [label, ...parts] = written.split(".");
  const tool = labels.get(label);
  if (tool === undefined) return [`label ${label}`];
  let at = { properties: specs.get(tool)?.output_parameters };
  for (const part of parts) {
    const name = part.replace(/\[\d+\]$/, "");
    if (at.properties === undefined) return String(at.type).toLowerCase() === "object" ? [] : [`path ${written}`];
    if (at.properties[name] === undefined) return [`path ${written}`];
    at = at.properties[name];
  }
  return [];
}

function nestful() {
  const specs = json("nestful", "executable-spec.json");
  const tools = specs.map(nestfulTool);
  const byName = new Map(specs.map((spec) => [spec.name, spec]));
  return json("nestful", "executable-data.json").map(({ input, output }, i) => {
    const calls = output.filter(({ name }) => name !== "var_result");
    const result = output.find(({ name }) => name === "var_result");
    const steps = calls.map((call, at) => ({
      id: call.label ?? `s${at + 1}`,
      tool: call.name,
      with: references(call.arguments),
    }));
    const answer = result === undefined ? {} : { answer: { value: references(result.arguments) } };
    const defects = nestfulDefects(output, byName);
    return { id: `nestful ${i}`, document: { goal: input, steps, ...answer }, inventory: { tools }, defects };
  });
}

/** ParallelQA holds questions only: none may be taken for a plan. */
function questions() {
  const asked = json("parallelqa", "parallelqa_dataset.json");
  const taken = asked.filter(({ question }) => readPlan(question).kind === "plan").length;
  console.log(`\n${asked.length} questions of ParallelQA hold no plan; taken for one: ${taken}.`);
}

console.log("| data | plans | read | accepted | refused, by finding | sound but refused | defective but accepted |");
console.log("|---|---|---|---|---|---|---|");
judge("TaskBench, CodeLlama-13b", taskbench());
judge("NESTFUL, gold calls", nestful());
questions();
