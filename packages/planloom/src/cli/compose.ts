// Lets a person edit a plan. In: the waiting plan. Out: a text that passes check and the rules of revisions, or
// nothing. The review and `planloom edit` use it. The text is kept after any error.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writePrivateFile } from "../files/private.js";
import type { Loom } from "../loom/loom.js";
import { LIMITS } from "../limits.js";
import type { Finding } from "../plan/finding.js";
import type { Plan } from "../plan/plan.js";
import { visible } from "../plan/visible.js";
import { writePlan } from "../plan/write.js";
import { revise } from "../run/decide/revision.js";
import { planOf } from "../run/lookup.js";
import { type Run } from "../run/state.js";
import { openEditor } from "./editor.js";
import { fileText } from "./plan-file.js";
import { findingLines } from "../words/errors/plans.js";
import type { Terminal } from "./prompt.js";
import { paint } from "./style.js";

/** unchanged: the plan is the same. left: the person stopped; the text is kept, and the terminal shows its path. */
export type Composed =
  | { readonly kind: "text"; readonly text: string; readonly file: string; discard(): Promise<void> }
  | { readonly kind: "unchanged" }
  | { readonly kind: "left" };

export async function composePlan(loom: Loom, run: Run, terminal: Terminal, signal: AbortSignal): Promise<Composed> {
  const folder = await mkdtemp(join(tmpdir(), "planloom-edit-"));
  const discard = () => rm(folder, { recursive: true, force: true });
  const file = join(folder, `${run.id}.yaml`);
  const proposed = planOf(run);
  const original = await planYaml(proposed.plan);
  let body = original;
  let remarks = OPENING;
  for (;;) {
    await writePrivateFile(file, withRemarks(remarks, body));
    const failure = await openEditor(file);
    body = await bodyIn(file, body);
    const judged = failure === undefined ? judge(loom, run, body) : { ok: false, lines: () => [failure] };
    const isSame = body.trim() === "" || body.trim() === original.trim() || judged.hash === proposed.hash;
    if (failure === undefined && isSame) {
      await discard();
      return { kind: "unchanged" };
    }
    if (judged.ok) return { kind: "text", text: body, file, discard };
    // Each remark is one line of the file, whatever numbers it contains.
    remarks = judged.lines(judged.lines(0).length);
    await writePrivateFile(file, withRemarks(remarks, body));
    for (const line of remarks) terminal.say(`  ${line}`);
    const word = await terminal.ask(`${paint("bold", "[e]dit again, [d]iscard the changes or [q]uit?")} `, signal);
    if (word !== undefined && /^d/i.test(word)) {
      await discard();
      return { kind: "unchanged" };
    }
    if (word === undefined || /^q/i.test(word)) {
      terminal.say(`What you wrote is kept in ${file}`);
      return { kind: "left" };
    }
  }
}

/** YAML for people, as `planloom plan -o plan.yaml` writes it. */
export async function planYaml(plan: Plan): Promise<string> {
  const { stringify } = await import("yaml");
  return stringify(writePlan(plan), { lineWidth: 120, aliasDuplicateObjects: false });
}

const OPENING: readonly string[] = [
  "The plan that waits for approval. Change it, save, and close the editor: it is checked and shown to you again.",
  "Where nothing is changed, it stays as it is. Lines that begin like these two are left out.",
];

const SIGN = "#> ";

const withRemarks = (remarks: readonly string[], body: string): string =>
  remarks.map((line) => `${SIGN}${line}\n`).join("") + body;

/** The person's text without our remarks. If the file cannot be read any more, the earlier text. */
async function bodyIn(file: string, before: string): Promise<string> {
  const text = await fileText(file, LIMITS.planBytes).catch(() => before);
  return text.replace(/^(?:#>.*\r?\n?)+/, "");
}

interface Judged {
  readonly ok: boolean;
  readonly hash?: string;
  /** The errors. `above` is the number of remark lines before the text. */
  readonly lines: (above: number) => readonly string[];
}

function judge(loom: Loom, run: Run, text: string): Judged {
  const checked = loom.check(text, { goal: run.request.goal, inputs: run.request.inputs });
  if (!checked.ok) return { ok: false, lines: (above) => linesOn(checked.findings, above) };
  const revision = revise(run, checked, undefined);
  if (!revision.ok) return { ok: false, lines: (above) => linesOn(revision.findings, above) };
  return { ok: true, hash: checked.hash, lines: () => [] };
}

function linesOn(findings: readonly Finding[], above: number): readonly string[] {
  const moved = findings.map((finding) => {
    const { line } = finding.where;
    return line === undefined ? finding : { ...finding, where: { ...finding.where, line: line + above } };
  });
  const lines = findingLines(moved, "plan").flatMap((line) => visible(line).split("\n"));
  return ["This plan cannot run yet. Mend what is named, save, and close the editor:", ...lines];
}
