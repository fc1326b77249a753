// The snippets of the documents. In: Markdown. Out: each fenced block of a language that can be tried, with the
// comments in front of it that say how. Separate from the test, which tries them.
//
// A comment `<!-- snippet: WORD … -->` directly in front of a block, or of another such comment, says:
//   not run: REASON       the block is checked by the compiler and not run
//   not checked: REASON   it is neither checked nor run
//   from FILE             it is a part of this file of the repository, which has tests of its own
//   prints TEXT           what it prints contains this text (may stand several times)
//   exit N                its last command ends with this code
//   replies NAME          from here on, this set of snippet-replies.ts answers as the model
//   before, then lines    code in front of the block that the page does not show; after: code behind it;
//                         instead: what is run in its place
//   file NAME, then lines a file beside the block that the page does not show
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

export const ROOT = path.join(import.meta.dirname, "..", "..", "..", "..");

export interface Snippet {
  readonly page: string;
  readonly line: number;
  readonly language: string;
  /** The words behind the language. A name with a dot is the file that the block is. */
  readonly info: readonly string[];
  readonly text: string;
  readonly replies: string;
  readonly prints: readonly string[];
  readonly exit: number;
  readonly before: string;
  readonly after: string;
  readonly instead?: string;
  readonly files: readonly SnippetFile[];
  readonly notRun?: string;
  readonly notChecked?: string;
  readonly from?: string;
}

export interface SnippetFile {
  readonly name: string;
  readonly text: string;
}

/** Languages that can be tried. The others are output, drawings, and programs of other systems. */
const TRIED = new Set(["ts", "js", "sh", "json", "yaml"]);

/** README files and all pages, as paths from the root. Generated pages hold signatures, no snippets. */
export function pages(): readonly string[] {
  const docs = readdirSync(path.join(ROOT, "docs"), { recursive: true, encoding: "utf8" });
  const found = docs.filter((name) => name.endsWith(".md")).map((name) => `docs/${name.split(path.sep).join("/")}`);
  return ["README.md", "packages/planloom/README.md", "packages/planloom-eval/README.md", ...found.sort()].filter(
    (name) => !name.startsWith("docs/reference/"),
  );
}

export const snippets = (): readonly Snippet[] =>
  pages().flatMap((page) => snippetsOf(page, readFileSync(path.join(ROOT, page), "utf8")));

const PART = /^((?:<!-- snippet: [^]*?-->\n)*)```([a-z]+)([^\n]*)\n([^]*?)^```$/gm;

export function snippetsOf(page: string, markdown: string): readonly Snippet[] {
  let replies = "plain";
  return [...markdown.matchAll(PART)].flatMap((found) => {
    const [whole, comments = "", language = "", info = "", text = ""] = found;
    const marks = marksOf(comments);
    replies = marks.find(([word]) => word === "replies")?.[1] ?? replies;
    if (!TRIED.has(language)) return [];
    const line = markdown.slice(0, found.index + whole.indexOf("```")).split("\n").length;
    const words = info.trim().split(" ").filter(Boolean);
    return [{ page, line, language, info: words, text, replies, ...said(marks) }];
  });
}

type Mark = readonly [word: string, value: string];

const WORDS = ["not run", "not checked", "from", "prints", "exit", "replies", "before", "after", "instead", "file"];
const MARK = new RegExp(`<!-- snippet: (${WORDS.join("|")})(?:: | |\\n)([^]*?)\\s*-->`, "g");

function marksOf(comments: string): readonly Mark[] {
  const marks = [...comments.matchAll(MARK)].map(([, word = "", value = ""]): Mark => [word, value]);
  const comment = comments.split("<!-- snippet: ").length - 1;
  if (marks.length !== comment) throw new Error(`a mark of a snippet cannot be read: ${comments}`);
  return marks;
}

function said(marks: readonly Mark[]) {
  const all = (name: string): readonly string[] => marks.flatMap(([word, value]) => (word === name ? [value] : []));
  const [notRun] = all("not run");
  const [notChecked] = all("not checked");
  const [from] = all("from");
  const [instead] = all("instead");
  return {
    prints: all("prints"),
    exit: Number(all("exit")[0] ?? 0),
    before: all("before").join("\n"),
    after: all("after").join("\n"),
    files: all("file").map((value) => {
      const end = value.indexOf("\n");
      return { name: value.slice(0, end), text: `${value.slice(end + 1)}\n` };
    }),
    ...(notRun === undefined ? {} : { notRun }),
    ...(notChecked === undefined ? {} : { notChecked }),
    ...(from === undefined ? {} : { from }),
    ...(instead === undefined ? {} : { instead }),
  };
}
