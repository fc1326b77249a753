// llms.txt, the index of the documents for programs that read them. In: the pages. Out: each with its first sentence.
import { readFileSync } from "node:fs";
import path from "node:path";
import { pages, ROOT } from "./snippet.js";

const SECTIONS: readonly { readonly title: string; readonly has: (page: string) => boolean }[] = [
  { title: "The path", has: (page) => page.startsWith("docs/start/") },
  { title: "Reference", has: (page) => page.startsWith("docs/reference/") || REFERENCE.has(page) },
  { title: "Decisions", has: (page) => page.startsWith("docs/decisions/") },
  { title: "Guides", has: (page) => page.startsWith("docs/") && page !== "docs/README.md" },
];

const REFERENCE = new Set(
  ["command-line", "configuration", "events", "errors", "limits", "plan-format", "glossary"].map(
    (name) => `docs/${name}.md`,
  ),
);

/** `generated`: pages that are written together with this one. */
export function llmsText(generated: readonly { readonly name: string; readonly text: string }[]): string {
  const texts = new Map([
    ...pages().map((page) => [page, readFileSync(path.join(ROOT, page), "utf8")] as const),
    ...generated.map(({ name, text }) => [`docs/${name}`, text] as const),
  ]);
  const section = (page: string) => SECTIONS.find(({ has }) => has(page))?.title;
  const parts = ["The path", "Guides", "Reference", "Decisions"].flatMap((title) => {
    const lines = [...texts].filter(([page]) => section(page) === title).map(([page, text]) => lineOf(page, text));
    return lines.length === 0 ? [] : [`## ${title}\n\n${lines.sort(byLink).join("\n")}\n`];
  });
  return `# Planloom\n\n> ${firstSentence(texts.get("README.md") ?? "")}\n\n${parts.join("\n")}`;
}

const byLink = (a: string, b: string): number => (a.split("](")[1]! < b.split("](")[1]! ? -1 : 1);

function lineOf(page: string, text: string): string {
  const title = /^# (.*)$/m.exec(text)?.[1] ?? page;
  const sentence = firstSentence(text);
  return `- [${title.replaceAll("`", "")}](${page})${sentence === "" ? "" : `: ${sentence}`}`;
}

/** The first sentence of the first paragraph, without links. */
function firstSentence(markdown: string): string {
  const paragraphs = markdown.replace(/<!--[^]*?-->/g, "").split(/\n\s*\n/);
  const paragraph = paragraphs.map((one) => one.trim()).find((one) => /^[A-Z`*[]/.test(one)) ?? "";
  const plain = paragraph.replaceAll(/\s+/g, " ").replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1");
  return /^.*?[.:](?= |$)/.exec(plain)?.[0].replace(/:$/, ".") ?? plain;
}
