// `npm run eval:intake -- PATH`: measures how well plans of real models are read, checked and repaired. Gives the
// figures of docs/plan-intake.md. PATH is a folder of recorded data; without it, only parts without data are measured.
// `--part NAME` measures one part, `--json FILE` writes the figures as data, `--write` puts them into
// docs/plan-intake.md.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build, install, root } from "./install.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { write: { type: "boolean", default: false }, part: { type: "string" }, json: { type: "string" } },
});
const data = positionals[0] === undefined ? undefined : path.resolve(positionals[0]);
if (data !== undefined && !isFolder(data)) stop(`There is no folder ${positionals[0]}.`);

install();
build();

/**
 * A part is a file scripts/intake/NAME.mjs with `measure(path)`, which returns `{ title, markdown, ok, figures }`.
 * `figures` is undefined if the part found no data. `ok` is false if a figure is wrong.
 */
const folder = path.join(root, "scripts", "intake");
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".mjs"))
  .map((file) => file.slice(0, -".mjs".length))
  .filter((name) => values.part === undefined || name === values.part)
  .sort();
if (names.length === 0) stop(`There is no part ${values.part}: see scripts/intake.`);

const parts = [];
for (const name of names) {
  const module = await import(pathToFileURL(path.join(folder, `${name}.mjs`)).href);
  if (typeof module.measure !== "function") continue;
  const part = { name, ...(await module.measure(data)) };
  parts.push(part);
  console.log(`## ${part.title}\n\n${part.markdown.trim()}\n`);
  if (!part.ok) console.error(`${name}: a figure is not what it must be.`);
}
if (parts.some(({ ok }) => !ok)) process.exitCode = 1;
if (values.json !== undefined) {
  const figures = Object.fromEntries(parts.map(({ name, figures }) => [name, figures ?? null]));
  writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
}
if (values.write) store();

/** Each part has its section between two marks. A part without data leaves its section unchanged. */
function store() {
  const file = path.join(root, "docs", "plan-intake.md");
  let page = readFileSync(file, "utf8");
  for (const { name, title, markdown, figures } of parts.filter(({ figures }) => figures !== undefined)) {
    const [open, close] = [`<!-- figures: ${name} -->`, `<!-- end: ${name} -->`];
    const text = `${open}\n\n## ${title}\n\n${markdown.trim()}\n\n${close}`;
    const from = page.indexOf(open);
    const to = page.indexOf(close);
    page =
      from < 0 || to < from
        ? `${page.trimEnd()}\n\n${text}\n`
        : page.slice(0, from) + text + page.slice(to + close.length);
  }
  writeFileSync(file, page);
  console.error("Written to docs/plan-intake.md.");
}

function isFolder(name) {
  return statSync(name, { throwIfNoEntry: false })?.isDirectory() === true;
}

function stop(message) {
  console.error(`${message}\nUsage: npm run eval:intake -- PATH [--part NAME] [--json FILE] [--write]`);
  process.exit(2);
}
