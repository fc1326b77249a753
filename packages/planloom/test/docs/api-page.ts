// The reference of the library, made from the published declarations. In: entry points. Out: a page for each, and an
// index. `npm run docs` writes them; a test holds them to the code.
import { entryPoints, type EntryPoint, type ExportedName } from "./entry-points.js";

export interface GeneratedPage {
  /** Below docs/. */
  readonly name: string;
  readonly text: string;
}

/** Who imports from an entry point, and for what. */
const ABOUT: { readonly [entry: string]: string } = {
  planloom: "Looms, runs, tools and stores: all that a program needs to run goals and plans.",
  "planloom/config": "Finds and loads `planloom.config.*`, as the command line does.",
  "planloom/plan": "Reads, checks, writes and draws plans without running them, also in a browser.",
  "planloom/engine": "The contracts and parts for [another engine or store](../engines-and-stores.md).",
  "planloom/testing":
    "Scripted models, a fake model server, a clock that tests move, and the suites for engines and stores.",
  "planloom/tools": "Tools that come from elsewhere, and the types of the parts of [your own tools](../own-tools.md).",
  "planloom/inputs": "Files as inputs of runs, with their media type.",
  "planloom/streams": "Types of the chunks and events in [streams for front ends](../streams.md).",
  "planloom/register":
    "`node --import planloom/register` loads TypeScript on every version of Node.js that Planloom supports.",
};

const aboutOf = ({ name }: EntryPoint): string => {
  const about = ABOUT[name];
  if (about === undefined) throw new Error(`say in api-page.ts what ${name} is for`);
  return about;
};

const NOTE = "<!-- Made by `npm run docs` from the declarations of the package. Do not edit. -->";

export function apiPages(): readonly GeneratedPage[] {
  const entries = entryPoints();
  return [
    { name: "reference/api.md", text: indexText(entries) },
    ...entries.filter(({ names }) => names.length > 0).map((entry) => ({ name: fileOf(entry), text: pageText(entry) })),
  ];
}

const fileOf = ({ name }: EntryPoint): string => `reference/${name.replace("/", "-")}.md`;

function indexText(entries: readonly EntryPoint[]): string {
  const sections = entries.map((entry) => {
    const file = fileOf(entry).replace("reference/", "");
    const links = titled(entry.names).map(({ one, title }) => `[\`${one.name}\`](${file}#${anchorOf(title)})`);
    const list = links.length === 0 ? "It exports no names." : links.join(" ·\n");
    return `## \`${entry.name}\`\n\n${aboutOf(entry)}\n\n${list}\n`;
  });
  return `# The library by name\n\n${NOTE}\n\nAll exported names, by the module that they are imported from. [Guides](../README.md) show how they are used.\n\n${sections.join("\n")}`;
}

interface Titled {
  readonly one: ExportedName;
  readonly title: string;
}

/** A second name of the same letters, such as `tool` beside `Tool`, has its kind in its heading. */
function titled(names: readonly ExportedName[]): readonly Titled[] {
  const seen = new Set<string>();
  return names.map((one) => {
    const isSecond = seen.has(one.name.toLowerCase());
    seen.add(one.name.toLowerCase());
    return { one, title: isSecond ? `${one.name} (${one.kind})` : one.name };
  });
}

/** As links name headings. */
const anchorOf = (title: string): string => title.toLowerCase().replace(/[()]/g, "").replaceAll(" ", "-");

function pageText(entry: EntryPoint): string {
  const parts = titled(entry.names).map(nameText);
  const mentioned = titled(entry.mentioned).map(nameText);
  const rest =
    mentioned.length === 0
      ? ""
      : `\n# Types that they mention\n\nThese types have no exported name. They are reached through the names above.\n\n${mentioned.join("\n")}`;
  return `# \`${entry.name}\`\n\n${NOTE}\n\n${aboutOf(entry)}\n\n${parts.join("\n")}${rest}`;
}

function nameText({ title, one: { kind, text, about } }: Titled): string {
  const words = about === "" ? "" : `${about.replace(/\{@link (\w+)\}/g, "`$1`")}\n\n`;
  return `## ${title}\n\n*${kind}*\n\n${words}\`\`\`ts\n${text}\n\`\`\`\n`;
}
