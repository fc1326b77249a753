// @ts-check
// The scripted models of this example: no model runs here. In: nothing. Out: a planner that gives plan.yaml, and an
// executor that writes the change plan out of the sources that it is sent. Separate because the configuration, run.mjs
// and the tests use it. It finds the function by its text: had the sources not reached it, it could not.
import { scriptedModel } from "planloom/testing";
import { readPlanFile } from "../shared/plan-file.mjs";

const SAYS = "(The models of this example are scripted: no model is asked.)";

/** @param {(text: string) => void} [say] Told once, with the first request. */
export function scriptedModels(say = () => {}) {
  let told = false;
  const tell = () => {
    if (!told) say(SAYS);
    told = true;
  };
  const planner = scriptedModel(async () => {
    tell();
    return { json: /** @type {any} */ ((await readPlanFile(new URL("plan.yaml", import.meta.url))).draft) };
  });
  const executor = scriptedModel(({ messages }) => {
    tell();
    return {
      json: changePlan(sourcesIn(JSON.stringify(messages.map((message) => ("text" in message ? message.text : ""))))),
    };
  });
  return { planner, executor };
}

/**
 * @typedef {{ readonly path: string, readonly text: string }} Source
 * @param {string} request The texts of the messages, as JSON.
 * @returns {readonly Source[]}
 */
function sourcesIn(request) {
  const text = JSON.parse(request).join("\n");
  const opening = '<data name="with.sources">\n';
  const from = text.indexOf(opening);
  if (from < 0) throw new Error("The model was not given the sources.");
  return JSON.parse(text.slice(from + opening.length, text.indexOf("\n</data>", from)));
}

/** A function that is not exported, from its first line to its end. */
const FUNCTION = /^function (\w+)\([^)]*\) \{\n[^]*?^\}\n\n?/gmu;

/** @param {readonly Source[]} sources */
function changePlan(sources) {
  /** @type {Map<string, { readonly name: string, readonly in: Source[] }>} */
  const found = new Map();
  for (const source of sources) {
    for (const [text, name = ""] of source.text.matchAll(FUNCTION)) {
      const same = found.get(text) ?? { name, in: [] };
      same.in.push(source);
      found.set(text, same);
    }
  }
  const [most] = [...found].sort(([, one], [, other]) => other.in.length - one.in.length);
  if (most === undefined) throw new Error("The sources have no function.");
  const [text, { name, in: files }] = most;
  const folder = files[0]?.path.replace(/[^/]*$/u, "") ?? "";
  return {
    summary: `${files.length} files had a function ${name} of their own; it is in ${folder}${name}.mjs now.`,
    shared: { path: `${folder}${name}.mjs`, text: `export ${text.trimEnd()}\n` },
    changes: files.map((file) => ({ path: file.path, edits: editsOf(file.text, text, name) })),
  };
}

/**
 * The import stands below the other imports, or below the comment at the beginning.
 * @param {string} source
 * @param {string} text
 * @param {string} name
 */
function editsOf(source, text, name) {
  const last = source.slice(0, source.indexOf(text)).trimEnd().split("\n").at(-1) ?? "";
  return [
    { old: text, new: "" },
    { old: `${last}\n`, new: `${last}\nimport { ${name} } from "./${name}.mjs";\n` },
  ];
}
