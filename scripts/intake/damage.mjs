// Intake by class of damage. In: sound plans with known truth. Out: for each class, how many damaged texts are
// recovered exactly, refused with a code, or silently changed. `measure()` is one part of docs/plan-intake.md. The
// tests run a small version.
import { hostileFigures } from "./hostile.mjs";
import { INVENTORY, NUMBERED, PLANS } from "./plans.mjs";

const json = (value) => JSON.stringify(value, null, 2);
const quoted = (value) => JSON.stringify(value);

function dice(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A value as another language prints it. */
function printed(
  value,
  { string, words = ["true", "false", "null"], key = string, list = ["[", "]"], end = "" },
  indent = "",
) {
  const inner = `${indent}  `;
  const again = (item) => printed(item, { string, words, key, list, end }, inner);
  if (typeof value === "string") return string(value);
  if (value === null) return words[2];
  if (typeof value === "boolean") return words[value ? 0 : 1];
  if (typeof value !== "object") return String(value);
  const [open, close] = Array.isArray(value) ? list : ["{", "}"];
  const parts = Array.isArray(value)
    ? value.map(again)
    : Object.entries(value).map(([name, field]) => `${key(name)}: ${again(field)}`);
  return parts.length === 0 ? open + close : `${open}\n${inner}${parts.join(`,\n${inner}`)}${end}\n${indent}${close}`;
}

/** As Python prints it: single quotes, unless the text holds one and no double quote. */
function pythonText(text) {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(/\\/g, "\\\\").replace(/\n/g, "\\n").replace(/\t/g, "\\t");
  return quote + escaped.replaceAll(quote, `\\${quote}`) + quote;
}
const PYTHON = ["True", "False", "None"];
const curly = (text) => `“${quoted(text).slice(1, -1).replaceAll("“", "\\u201c").replaceAll("”", "\\u201d")}”`;
const tripled = (text) =>
  text.includes('"') || text.endsWith("\\") ? quoted(text) : `"""${text.replace(/\\/g, "\\\\")}"""`;

/** Start and end of each string in a document text, quotes included. */
function strings(text) {
  return [...text.matchAll(/"(?:\\.|[^"\\])*"/g)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    text: match[0],
  }));
}

/** Changes only inside strings. */
const inStrings = (text, change) => text.replace(/"(?:\\.|[^"\\])*"/g, (string) => change(string));
/** Changes only outside of strings. */
function outside(text, change) {
  let from = 0;
  let out = "";
  for (const { start, end } of strings(text)) {
    out += change(text.slice(from, start)) + text.slice(start, end);
    from = end;
  }
  return out + change(text.slice(from));
}

const pick = (list, roll) => list[Math.floor(roll() * list.length)];
const cut = (text, start, end, by = "") => text.slice(0, start) + by + text.slice(end);

/** Comments at some line ends. A string holds no line end, because line ends inside strings are escaped. */
const comments = (mark) => (plan, roll) =>
  json(plan).replace(/\n/g, (end) => (roll() < 0.3 ? `${mark('see {this}, [it\'s] "so"')}\n` : end));

const FORMS = {
  "#E1": (n) => `#E${n}`,
  $1: (n) => `$${n}`,
  "${1}": (n) => `\${${n}}`,
  "{{steps.1}}": (n) => `{{steps.${n}}}`,
  "{{1.output}}": (n) => `{{${n}.output}}`,
  "<node-1>": (n) => `<node-${n}>`,
  "<GENERATED>-1": (n) => `<GENERATED>-${n}`,
};

/** The references of a numbered plan in another form, with numbers as ids. */
function foreign(plan, form, id = Number) {
  const number = (name) => Number(name.slice(1));
  const steps = plan.steps.map(({ id: name, dependsOn, ...rest }) => ({
    id: id(number(name)),
    ...rest,
    ...(dependsOn === undefined ? {} : { dependsOn: dependsOn.map((other) => id(number(other))) }),
  }));
  const data = (value) =>
    JSON.parse(
      JSON.stringify(value).replace(/\$\{\{ s(\d) \}\}/g, (_, n) => JSON.stringify(form(Number(n))).slice(1, -1)),
    );
  return { ...plan, steps: steps.map((step) => ({ ...step, with: data(step.with) })) };
}

const whole = (value) =>
  typeof value === "string"
    ? [value]
    : typeof value === "object" && value !== null
      ? Object.values(value).flatMap(whole)
      : [];
/** A reference in words is only used as a whole value. */
const onlyWhole = (plan) =>
  plan.steps.every((step) => whole(step.with).every((text) => !text.includes("${{") || /^\$\{\{ \w+ \}\}$/.test(text)));

const dialects = {
  "step_id, title, description, depends_on, tool_hints": ({ steps }) => ({
    text: json({
      steps: steps.map(({ title, agent }, i) => ({
        step_id: i + 1,
        title,
        description: agent,
        depends_on: i === 0 ? [] : [i],
        tool_hints: ["search"],
      })),
    }),
    truth: {
      steps: steps.map(({ title, agent }, i) => ({
        id: `s${i + 1}`,
        title,
        description: agent,
        dependsOn: i === 0 ? [] : [`s${i}`],
        tools: ["search"],
        agent,
      })),
    },
  }),
  "step, description (a list)": ({ steps }) => ({
    text: json(steps.map(({ id, agent }) => ({ step: id, description: agent }))),
    truth: { steps: steps.map(({ id, agent }) => ({ id, description: agent, agent, tools: "all" })) },
  }),
  "step_number, tool, tool_input, depends_on": ({ steps }) => ({
    text: json({
      steps: steps.map(({ agent }, i) => ({
        step_number: i + 1,
        description: agent,
        tool: "search",
        tool_input: agent,
        depends_on: i === 0 ? [] : [i],
      })),
    }),
    truth: {
      steps: steps.map(({ agent }, i) => ({
        id: `s${i + 1}`,
        description: agent,
        tool: "search",
        dependsOn: i === 0 ? [] : [`s${i}`],
        with: { query: agent },
      })),
    },
  }),
  "plan: step, description, tool, params": ({ steps }) => ({
    text: json({
      plan: steps.map(({ agent }, i) => ({
        step: i + 1,
        description: agent,
        tool: "search",
        params: { query: agent },
      })),
      planner_tokens: 12,
    }),
    truth: {
      steps: steps.map(({ agent }, i) => ({
        id: `s${i + 1}`,
        description: agent,
        tool: "search",
        with: { query: agent },
      })),
    },
  }),
  "task, id, dep, args (HuggingGPT)": ({ steps }) => ({
    text: quoted(
      steps.map(({ agent }, i) => ({
        task: "search",
        id: i,
        dep: [i - 1],
        args: { query: i === 0 ? agent : `<GENERATED>-${i - 1}` },
      })),
    ),
    truth: {
      steps: steps.map(({ agent }, i) => ({
        id: `s${i}`,
        tool: "search",
        dependsOn: i === 0 ? [] : [`s${i - 1}`],
        with: { query: i === 0 ? agent : `\${{ s${i - 1} }}` },
      })),
    },
  }),
  "name, arguments, label, $var1.path$ (NESTFUL)": ({ steps }) => ({
    text: json(
      steps.map(({ agent }, i) => ({
        name: "search",
        arguments: { query: i === 0 ? agent : `$var${i}.results[0].title$` },
        label: `var${i + 1}`,
      })),
    ),
    truth: {
      steps: steps.map(({ agent }, i) => ({
        id: `var${i + 1}`,
        tool: "search",
        with: { query: i === 0 ? agent : `\${{ var${i}.results[0].title }}` },
      })),
    },
  }),
  "a numbered list": ({ steps }) => ({
    text: steps.map(({ agent }, i) => `${i + 1}. ${agent.replace(/\n/g, " ")}`).join("\n"),
    truth: {
      steps: steps.map(({ agent }, i) => ({
        id: `s${i + 1}`,
        description: agent.replace(/\n/g, " "),
        agent: agent.replace(/\n/g, " "),
        tools: "all",
        ...(i > 0 && { dependsOn: [`s${i}`] }),
      })),
    },
  }),
  "Step 1: …": ({ steps }) => ({
    text: `Here is the plan.\n\n${steps.map(({ agent }, i) => `**Step ${i + 1}:** ${agent.replace(/\n/g, " ")}`).join("\n")}\n\nShall I begin?`,
    truth: {
      steps: steps.map(({ agent }, i) => ({
        id: `s${i + 1}`,
        description: agent.replace(/\n/g, " "),
        agent: agent.replace(/\n/g, " "),
        tools: "all",
        ...(i > 0 && { dependsOn: [`s${i}`] }),
      })),
    },
  }),
  "Plan: … #E1 = Tool[…] (ReWOO)": ({ steps }) => ({
    text: steps
      .map(
        ({ agent }, i) =>
          `Plan: Part ${i + 1}.\n#E${i + 1} = search[${i === 0 ? agent.replace(/\n/g, " ") : `more on #E${i}`}]`,
      )
      .join("\n"),
    truth: {
      steps: steps.map(({ agent }, i) => ({
        id: `e${i + 1}`,
        description: `Part ${i + 1}.`,
        tool: "search",
        with: { query: i === 0 ? agent.replace(/\n/g, " ") : `more on \${{ e${i} }}` },
      })),
    },
  }),
  '1. search("…") (LLMCompiler)': ({ steps }) => ({
    text: `${steps.map(({ agent }, i) => `${i + 1}. search(${quoted(i === 0 ? agent : `more on $${i}`)})`).join("\n")}\n${steps.length + 1}. join()<END_OF_PLAN>`,
    truth: {
      steps: steps.map(({ agent }, i) => ({
        id: `s${i + 1}`,
        tool: "search",
        with: { query: i === 0 ? agent : `more on \${{ s${i} }}` },
      })),
    },
  }),
};
/** The source of the dialects: steps with a title and an instruction without brackets, which a notation would need. */
const PLAIN = PLANS.map(({ steps }) => ({
  steps: steps.map(({ id, title, agent }, i) => ({
    id,
    title: title ?? `Part ${i + 1}`,
    agent: (agent ?? `Look into ${id}, for $${i + 20} at most`).replace(/[[\]?]/g, ""),
  })),
}));

/** Each function gives a damaged text, or nothing if the plan has no place for the damage. */
const RECOVERABLE = {
  none: (plan) => quoted(plan),
  "a fence": (plan, roll) =>
    `${pick(["Sure!\n\n", "", "Here {it} is [now]:\n"], roll)}\`\`\`${pick(["json", "", "JSON5"], roll)}\n${json(plan)}\n\`\`\`${pick(["", "\nGood luck!", "\n\nNote: [x] is {y}."], roll)}`,
  "prose around": (plan, roll) =>
    `${pick(["Here is the plan:\n\n", "I thought of {this}. "], roll)}${json(plan)}${pick(["", "\n\nLet me know."], roll)}`,
  "tags, thinking before": (plan, roll) =>
    `<think>Maybe {"steps": [{"id": "x"}]}, or not.</think>\n${pick([json(plan), `<plan>\n${json(plan)}\n</plan>`, `\`\`\`json\n${json(plan)}\n\`\`\``], roll)}`,
  "a byte order mark, CRLF": (plan) => `\uFEFF${json(plan).replaceAll("\n", "\r\n")}\r\n`,
  "trailing commas": (plan, roll) =>
    outside(json(plan), (part) => part.replace(/(?<!\[|\{)\n\s*[\]}]/g, (end) => (roll() < 0.5 ? `,${end}` : end))),
  "comments //": comments((words) => ` // ${words}`),
  "comments #": comments((words) => ` # ${words}`),
  "comments /* */": comments((words) => ` /* ${words} */`),
  Python: (plan) => printed(plan, { string: pythonText, words: PYTHON }),
  "Python with tuples": (plan) => printed(plan, { string: pythonText, words: PYTHON, list: ["(", ")"], end: "," }),
  JavaScript: (plan) => printed(plan, { string: pythonText, key: (name) => name }),
  "curly quotes": (plan) => printed(plan, { string: curly }),
  "triple quotes": (plan) => printed(plan, { string: tripled, key: quoted }),
  "Markdown escapes": (plan, roll) =>
    inStrings(json(plan), (string) => string.replace(/[_*#$](?!\{)/g, (char) => (roll() < 0.7 ? `\\${char}` : char))),
  "line breaks in texts": (plan) => inStrings(json(plan), (string) => string.replace(/(?<!\\)((?:\\\\)*)\\n/g, "$1\n")),
  "missing commas": (plan, roll) => json(plan).replace(/,(?=\n\s*(?:"\w+":|\{))/g, () => (roll() < 0.5 ? "" : ",")),
  "a JSON text": (plan, roll) => pick([quoted(json(plan)), quoted(quoted(plan)).slice(1, -1)], roll),
  "a list at the top": ({ steps }) => ({ text: json(steps), truth: { steps } }),
  "an object in each line": ({ steps }, roll) => ({
    text: steps.map((step) => JSON.stringify(step)).join(pick(["\n", ",\n", "\n\n"], roll)),
    // A single step is not a list: the text does not say that it is the whole plan.
    truth: steps.length > 1 ? { steps } : undefined,
  }),
  wrapped: (plan, roll) => json({ [pick(["plan", "result", "execution_plan", "output"], roll)]: plan }),
  "an object of steps": (plan) => ({
    text: json({ steps: Object.fromEntries(plan.steps.map((step, i) => [`step_${i + 1}`, step])) }),
    truth: { steps: plan.steps },
  }),
  "thoughts beside": (plan, roll) =>
    json({
      reasoning: "First I {look}.",
      ...plan,
      steps: plan.steps.map((step) => (roll() < 0.5 ? { thought: "Well…", ...step, status: "pending" } : step)),
    }),
  "names in another case": (plan, roll) =>
    inStrings(json(plan), (string) => string).replace(
      /"(dependsOn|forEach|maxParallel|tool|agent|output)":/g,
      (_, name) =>
        `"${pick([name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`), name[0].toUpperCase() + name.slice(1), name.toUpperCase()], roll)}":`,
    ),
  "null for what is not used": (plan) =>
    json({
      ...plan,
      steps: plan.steps.map((step) => ({ when: null, dependsOn: null, output: null, timeout: null, ...step })),
    }),
};

const at = (text, places, roll, by) => {
  const place = pick(places, roll);
  return place === undefined ? undefined : cut(text, place.start, place.end, by);
};
const places = (text, pattern) =>
  [...text.matchAll(pattern)].map((match) => ({ start: match.index, end: match.index + match[0].length }));

/** Damage that cannot be undone. The text may be refused, but never read as something else. */
const REFUSED = {
  "a backslash that is not doubled": (plan, roll) =>
    at(json(plan), places(json(plan), /\\\\(?=[^"\\/bfnrtu])/g), roll, "\\"),
  "quotes that are not escaped": (plan, roll) => at(json(plan), places(json(plan), /\\"/g), roll, '"'),
  "a bracket missing inside": (plan, roll) => {
    const text = json(plan);
    const open = [];
    outside(text, (part) => part);
    let from = 0;
    for (const string of [...strings(text), { start: text.length, end: text.length }]) {
      for (let i = from; i < string.start; i++)
        if ("{}[]".includes(text[i]) && i > 0 && i < text.trimEnd().length - 1) open.push({ start: i, end: i + 1 });
      from = string.end;
    }
    return at(text, open, roll, "");
  },
  "a quote missing": (plan, roll) => {
    const text = json(plan);
    const string = pick(strings(text), roll);
    return roll() < 0.5 ? cut(text, string.start, string.start + 1) : cut(text, string.end - 1, string.end);
  },
  "a colon missing": (plan, roll) => at(json(plan), places(json(plan), /(?<=^\s*"\w+"): /gm), roll, " "),
  "something left out with …": (plan, roll) => at(json(plan), places(json(plan), /\n\s+\{/g), roll, "\n ... {"),
  "two plans": (plan) =>
    `${json(plan)}\n\nOr better:\n\n${json({ ...plan, steps: plan.steps.map((step) => ({ ...step, title: "Another" })) })}`,
  "a text without quotes": (plan, roll) => {
    const string = pick(
      strings(json(plan)).filter(({ text }) => /^"[a-z ]+"$/.test(text)),
      roll,
    );
    return string === undefined ? undefined : cut(json(plan), string.start, string.end, string.text.slice(1, -1));
  },
};

function truncations(plan, step) {
  const text = json(plan);
  return Array.from({ length: Math.floor((text.length - 1) / step) }, (_, i) => text.slice(0, 1 + i * step));
}

/** Every text of every class, with its truth. */
function* samples(seeds) {
  for (const [name, damage] of Object.entries(RECOVERABLE)) {
    for (const [i, plan] of PLANS.entries()) {
      for (let seed = 0; seed < seeds; seed++) {
        const made = damage(plan, dice(i * 1_000 + seed));
        const { text, truth } = typeof made === "object" ? made : { text: made, truth: plan };
        if (truth !== undefined) yield { name, recoverable: true, text, truth };
        if (!damage.toString().includes("roll")) break;
      }
    }
  }
  for (const [name, write] of Object.entries(dialects))
    for (const plan of PLAIN.filter(({ steps }) => steps.length > 1)) yield { name, recoverable: true, ...write(plan) };
  for (const [name, form] of Object.entries(FORMS)) {
    for (const plan of NUMBERED)
      for (const id of [Number, String])
        yield { name: `references ${name}`, recoverable: true, text: json(foreign(plan, form, id)), truth: plan };
  }
  for (const plan of NUMBERED.filter(onlyWhole)) {
    for (const words of [
      (n) => `output of step ${n}`,
      (n) => `the result of step ${n}`,
      (n) => `[Output from step ${n}]`,
      (n) => `step ${n}'s output`,
    ])
      yield { name: "references output of step 1", recoverable: true, text: json(foreign(plan, words)), truth: plan };
  }
  for (const plan of NUMBERED)
    yield {
      name: "references to no step",
      recoverable: false,
      text: json(foreign(plan, (n) => `#E${n + 90}`)),
      truth: plan,
    };
  for (const [name, damage] of Object.entries(REFUSED)) {
    for (const [i, plan] of PLANS.entries()) {
      for (let seed = 0; seed < 3 * seeds; seed++) {
        const text = damage(plan, dice(i * 1_000 + seed));
        // A text that is strict JSON after the damage has that meaning. No reader can know that another one was
        // intended.
        if (text !== undefined && !isJson(text)) yield { name, recoverable: false, text, truth: plan };
      }
    }
  }
  for (const plan of PLANS)
    for (const text of truncations(plan, Math.max(1, Math.floor(24 / seeds))))
      yield { name: "cut off", recoverable: false, cut: true, text, truth: plan };
}

const canonical = (value) =>
  JSON.stringify(value, (_, field) =>
    typeof field === "object" && field !== null && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
      : field,
  );

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** "recovered", "changed", or the code of the refusal. */
function verdict(readPlan, { text, truth, cut: isCut }) {
  const read = readPlan(text, { inventory: INVENTORY });
  const error = read.findings.find(({ severity }) => severity === "error");
  if (read.kind === "plan" && error === undefined)
    return canonical(read.draft) === canonical(truth) ? "recovered" : "changed";
  if (!isCut || read.kind !== "truncated") return error?.code ?? "changed";
  const steps = read.partial?.draft.steps ?? [];
  return canonical(steps) === canonical(truth.steps.slice(0, steps.length)) ? "TRUNCATED" : "changed";
}

/**
 * Damages every plan in every way and reads it. `read` is the reader to measure. `seeds` is the number of places for
 * each damage that has a choice. `changed` lists texts that were read with another meaning; there must be none.
 */
export function damageFigures({ readPlan, seeds = 20 }) {
  const classes = new Map();
  const changed = [];
  for (const sample of samples(seeds)) {
    const row = classes.get(sample.name) ?? {
      name: sample.name,
      recoverable: sample.recoverable,
      texts: 0,
      recovered: 0,
      changed: 0,
      codes: new Map(),
    };
    classes.set(sample.name, row);
    row.texts++;
    const found = verdict(readPlan, sample);
    if (found === "recovered") row.recovered++;
    else if (found === "changed") row.changed++;
    else row.codes.set(found, (row.codes.get(found) ?? 0) + 1);
    if (found === "changed" || (sample.recoverable && found !== "recovered")) changed.push({ ...sample, found });
  }
  return { rows: [...classes.values()], changed };
}

/** Time limit of one text, in ms. */
const SLOWEST_MS = 100;

/** One part of `npm run eval:intake`. It needs no data. `changed` lists the texts at fault. */
export async function measure() {
  const { readPlan } = await import("planloom/plan");
  const { rows, changed } = damageFigures({ readPlan });
  const line = ({ name, recoverable, texts, recovered, changed: wrong, codes }) => {
    const refused = [...codes].map(([code, times]) => `${times} ${code}`).join(", ");
    return `| ${name.replaceAll("|", "\\|")} | ${recoverable ? "all" : "not promised"} | ${texts} | ${recovered} | ${refused} | ${wrong} |`;
  };
  const hostile = hostileFigures({ readPlan }).sort((a, b) => b.ms - a.ms);
  const [slowest] = hostile;
  const texts = rows.reduce((sum, row) => sum + row.texts, 0);
  const markdown = [
    "| damage | recovery promised | texts | recovered exactly | refused | changed without notice |",
    "|---|---|---|---|---|---|",
    ...rows.map(line),
    "",
    `${texts} texts, ${changed.length} of them were read with another meaning, or refused although recovery is promised. The slowest of ${hostile.length} hostile texts (${slowest.name}) takes ${slowest.ms.toFixed(0)} ms; at most ${SLOWEST_MS} are allowed.`,
  ].join("\n");
  const figures = { texts, atFault: changed.length, slowestMs: slowest.ms };
  const ok = changed.length === 0 && slowest.ms < SLOWEST_MS;
  return { title: "Reading, by class of damage", markdown, ok, figures, changed };
}
