// The generated parts of docs/plan-format.md: the tables of findings, and the words under each example. In: the page.
// Out: the same page with today's findings. Separate from the test, which holds the page to this; `npm run docs` writes
// it.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { check, type CheckOptions, type CheckResult } from "../../src/plan/check/check.js";
import { findingOf, type Finding } from "../../src/plan/finding.js";
import type { JsonObject } from "../../src/plan/json.js";
import type { Plan } from "../../src/plan/plan.js";
import { readPlan, withReading } from "../../src/plan/read/read.js";
import { finishedTouched, withFinished } from "../../src/plan/revise/finished.js";
import { repeatFindings } from "../../src/plan/revise/same-plan.js";
import { applyPatch } from "../../src/plan/revise/revise.js";
import { findingText, findingWords } from "../../src/words/findings.js";
import { SAMPLE } from "../plan/sample-inventory.js";
import { blocks } from "./codes.js";

const PARAMS = fileURLToPath(new URL("../../src/plan/finding-params.ts", import.meta.url));

/** Findings that no text on the page gives. */
const WITHOUT_EXAMPLE: readonly Finding[] = [
  findingOf("CHECK_FAILED", { pointer: "" }, { text: "out of memory" }),
  findingOf(
    "ACTED_UNUSABLE",
    { pointer: "/steps" },
    { step: "ship", why: "repeats", tool: "ship_parcel", by: "ship_again" },
  ),
  findingOf(
    "STATE_MISSING",
    { pointer: "/steps/0/with/path" },
    { tool: "read_file", what: 'the file "reports.txt"', near: ["report.txt"] },
  ),
  findingOf("PRECHECK_FAILED", { pointer: "/steps/0/with" }, { tool: "count_rows", why: "late", ms: 3_000 }, "warning"),
  findingOf("STEP_UNKNOWN", { pointer: "/steps" }, { step: "send" }),
];

/** By the mark of a table: the interfaces whose codes it lists. */
const TABLES = { findings: ["ReadingParams", "ShapeParams", "DataParams"], revisions: ["RevisionParams"] };

export function withFindings(page: string): string {
  const tables = Object.entries(TABLES).reduce(
    (text, [mark, names]) =>
      text.replace(
        new RegExp(`<!-- ${mark} -->[\\s\\S]*?<!-- end -->`),
        () => `<!-- ${mark} -->\n\n${tableOf(names)}\n\n<!-- end -->`,
      ),
    page,
  );
  const said = saidOn(page);
  return tables.replace(
    /^```text said (\w+)\n[\s\S]*?^```$/gm,
    (_, code: string) => `\`\`\`text said ${code}\n${said.get(code) ?? "nothing\n"}\`\`\``,
  );
}

const LINE = /^ {2}\/\*\*([\s\S]*?)\*\/\n {2}readonly ([A-Z_]+):/gm;

/** What the comments on the parameters of each code say: its severity, and what is wrong. */
function tableOf(names: readonly string[]): string {
  const source = readFileSync(PARAMS, "utf8");
  const rows = names.flatMap((name) => {
    const [, body = ""] = new RegExp(`export interface ${name} \\{\\n([\\s\\S]*?)\\n\\}`).exec(source) ?? [];
    return [...body.matchAll(LINE)].map(([, comment = "", code = ""]) => {
      const text = comment
        .replace(/\n\s*\*/g, " ")
        .replace(/\s+/g, " ")
        .trim();
      const [severity = "", wrong = ""] = text.split(/(?<=^[^.]*(?:`[^`]*`[^.]*)*)\. (.*)/s);
      return `| \`${code}\` | ${severity.charAt(0).toLowerCase()}${severity.slice(1)} | ${wrong.replace(/\.$/, "")} |`;
    });
  });
  return ["| code | severity | what is wrong |", "|---|---|---|", ...rows].join("\n");
}

/** The words of the finding that each example gives, by its code. */
function saidOn(page: string): ReadonlyMap<string, string> {
  const findings = blocks(page).flatMap(({ info: [, kind, code], text }, at, all) => {
    const rest = all[at]!.info.slice(3).join(" ");
    const found = code === undefined ? [] : exampleFindings(page, kind ?? "", text, rest);
    return found.filter((finding) => finding.code === code).slice(0, 1);
  });
  return new Map(
    [...findings, ...WITHOUT_EXAMPLE].map((finding) => {
      const { message, fix } = findingWords(finding);
      return [finding.code, `${message}\nfix: ${fix}\n`];
    }),
  );
}

/** What an example gives. `options` are those of check, as JSON. */
export function exampleFindings(page: string, kind: string, text: string, options = ""): readonly Finding[] {
  switch (kind) {
    case "finding":
      return judged(text, options === "" ? {} : (JSON.parse(options) as CheckOptions)).findings;
    case "patch":
      return patchFindings(page, text);
    case "revision":
      return revisionFindings(page, text);
    default:
      return [];
  }
}

/** The tools of the page, and a server that was not asked yet. */
const INVENTORY = {
  ...SAMPLE,
  unopened: ["crm"],
  executors: [
    { name: "researcher", model: "small", description: "Finds facts and says where they are from.", tools: ["search"] },
    { name: "writer", model: "large", description: "Writes texts for customers.", tools: [] },
  ],
};

export function judged(text: string, options: CheckOptions = {}): CheckResult {
  const read = readPlan(text, { inventory: INVENTORY });
  if (read.kind !== "plan") return { ok: false, findings: read.findings };
  return withReading(check(read.draft, INVENTORY, { locate: read.locate, ...options }), read);
}

const FINISHED = new Set(["find"]);

/** The plan that the page revises. */
function revisedPlan(page: string): Plan {
  return planIn(blocks(page).find(({ info }) => info[1] === "revised")?.text ?? "");
}

function planIn(text: string): Plan {
  const result = judged(text);
  if (!result.ok) throw new Error(result.findings.map(findingText).join("\n"));
  return result.plan;
}

function patchFindings(page: string, text: string): readonly Finding[] {
  const result = applyPatch(revisedPlan(page), JSON.parse(text), { failing: "page", finished: FINISHED });
  return result.ok ? [] : result.findings;
}

function revisionFindings(page: string, text: string): readonly Finding[] {
  const read = readPlan(text);
  if (read.kind !== "plan") return read.findings;
  const plan = revisedPlan(page);
  const next = planIn(JSON.stringify(withFinished(read.draft as JsonObject, plan, FINISHED).draft));
  return [
    ...finishedTouched(plan, next, FINISHED),
    ...repeatFindings(next, [{ plan, reason: { code: "ATTEMPTS_USED", of: 4 } }]),
  ];
}
