// Texts of planners that are not quite a plan: each with its right reading, written down by hand. In: the files of
// scripts/intake/slips. Out: how many are read rightly, read without a round of repair, or refused with advice.
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("slips/", import.meta.url));
const text = { type: "string" };
const tool = (name, properties, required = Object.keys(properties).slice(0, 1)) => ({
  name,
  description: name.replaceAll("_", " "),
  effects: "none",
  input: { type: "object", properties, required },
});

const SHOPS = {
  type: "object",
  properties: { results: { type: "array", items: { type: "object", properties: { name: text, url: text } } } },
  required: ["results"],
};

/** The tools that are offered to the planner of every slip. */
const INVENTORY = {
  tools: [
    tool("search", { query: text, limit: { type: "integer" } }),
    tool("calculate", { expression: text }),
    tool("send_email", { to: text, body: text }, ["to", "body"]),
    tool("read_page", { url: text }),
    tool("make_table", { rows: { type: "array" } }),
    tool("garden.water", { bed: text, litres: { type: "number" } }),
    tool("get_weather", {}),
    tool("book_room", { room: text, nights: { type: "number" } }),
    tool("cancel_booking", { booking: text }),
    { ...tool("find_shops", { query: text }), output: SHOPS },
  ],
};

/** Every slip, with the file that it stands in. */
export async function allSlips() {
  const files = readdirSync(folder).filter((name) => name.endsWith(".mjs"));
  const modules = await Promise.all(files.map((name) => import(new URL(`slips/${name}`, import.meta.url).href)));
  return modules.flatMap(({ SLIPS }, i) => SLIPS.map((slip) => ({ file: files[i], ...slip })));
}

/**
 * What is wrong with the reading of a slip; undefined if it is right. A slip is `{ class, text, right }`. `right` is
 * `{ steps, waits? }` (a step is the text of an agent, or `[tool, arguments]`; `waits` are the numbers of the steps
 * that each waits for), `{ refused, says }` (the code of an error, and words of a fix), or `{ kind }`.
 */
export function wrongIn({ text, right }, { readPlan, check, findingText }) {
  const read = readPlan(text, { inventory: INVENTORY });
  if (right.kind !== undefined) return read.kind === right.kind ? undefined : `is a ${read.kind}`;
  const checked = read.kind === "plan" ? check(read.draft, INVENTORY, { goal: "g", locate: read.locate }) : undefined;
  const findings = [...read.findings, ...(checked?.findings ?? [])];
  const errors = findings.filter(({ severity }) => severity === "error");
  if (right.refused !== undefined) {
    if (errors.length === 0) return "is accepted";
    if (!errors.some(({ code }) => code === right.refused)) return `has ${errors.map(({ code }) => code).join(", ")}`;
    const fixes = errors.map((error) => findingText(error)).join("\n");
    return fixes.includes(right.says) ? undefined : `does not say ${right.says}: ${fixes}`;
  }
  if (read.kind !== "plan" || errors.length > 0)
    return `is refused: ${errors.map((one) => findingText(one)).join("; ")}`;
  return stepsDiffer(read.draft.steps, right);
}

function stepsDiffer(steps, right) {
  const shown = (step) => (step.tool === undefined ? step.agent : [step.tool, step.with ?? {}]);
  const found = JSON.stringify(steps.map(shown));
  if (found !== JSON.stringify(right.steps)) return `has the steps ${found}`;
  if (right.waits === undefined) return undefined;
  const waits = JSON.stringify(steps.map((step) => needsOf(step, steps)));
  return waits === JSON.stringify(right.waits) ? undefined : `has steps that wait for ${waits}`;
}

/** The numbers of the steps that a step names in `dependsOn` or in a reference. */
function needsOf({ dependsOn = [], with: given = {} }, steps) {
  const named = [...JSON.stringify(given).matchAll(/\$\{\{ (\w+)/g)].map(([, id]) => id);
  const needed = new Set([...dependsOn, ...named]);
  return steps.flatMap(({ id }, i) => (needed.has(id) ? [i + 1] : []));
}

const percent = (part, whole) => (whole === 0 ? "-" : `${((100 * part) / whole).toFixed(0)} %`);

/** One part of `npm run eval:intake`. It needs no data. */
export async function measure() {
  const library = await import("planloom/plan");
  const slips = (await allSlips()).map((slip) => ({ ...slip, wrong: wrongIn(slip, library) }));
  const classes = [...new Set(slips.map((slip) => slip.class))];
  const rows = classes.map((name) => {
    const of = slips.filter((slip) => slip.class === name);
    const right = of.filter(({ wrong }) => wrong === undefined).length;
    const [read, refused] = [
      of.filter(({ right: { steps } }) => steps),
      of.filter(({ right: { refused } }) => refused),
    ];
    return `| ${name} | ${of.length} | ${right} | ${read.length} | ${refused.length} | ${of.length - read.length - refused.length} |`;
  });
  const plans = slips.filter(({ right }) => right.kind === undefined);
  const mended = plans.filter(({ right, wrong }) => right.steps !== undefined && wrong === undefined).length;
  const wrong = slips.filter((slip) => slip.wrong !== undefined).length;
  // A text that means something else than what would run. A text that is refused for the wrong reason costs a round.
  const silent = slips.filter((slip) => /^(?:is accepted|has the steps|has steps that)/.test(slip.wrong ?? "")).length;
  const refused = plans.filter(({ right }) => right.refused !== undefined);
  const advised = refused.filter(({ wrong }) => wrong === undefined).length;
  const markdown = [
    "| class | texts | right | a plan | refused, with advice | no plan, a question or a refusal |",
    "|---|---|---|---|---|---|",
    ...rows,
    "",
    `${slips.length} texts: ${wrong} not as they should be, ${silent} of them silently. Of ${plans.length} texts that mean a plan, ${mended} (${percent(mended, plans.length)}) are read without a round of repair. Of ${refused.length} that are refused, ${advised} (${percent(advised, refused.length)}) are told what to write.`,
  ].join("\n");
  const ok = wrong === 0 && mended >= 0.6 * plans.length && advised >= 0.95 * refused.length;
  return { title: "Slips of planners", markdown, ok, figures: { texts: slips.length, wrong, silent, mended, advised } };
}
