// Lets a person edit a waiting plan, or the arguments of a waiting call. In: what waits. Out: a text that passed its
// checks, or nothing. The review and `planloom edit` use it. The text is kept after any error.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../error.js";
import { writePrivateFile } from "../files/private.js";
import type { Loom } from "../loom/loom.js";
import { LIMITS } from "../limits.js";
import type { Finding } from "../plan/finding.js";
import { isObject, type JsonObject } from "../plan/json.js";
import type { Plan } from "../plan/plan.js";
import { visible } from "../plan/visible.js";
import { writePlan } from "../plan/write.js";
import { editableTool } from "../run/approval.js";
import { editProblem } from "../run/decide/begin.js";
import { revise } from "../run/decide/revision.js";
import { planOf } from "../run/lookup.js";
import { refusal, type Refusal } from "../run/refusal.js";
import { type PendingApproval, type Run } from "../run/state.js";
import { strictJson } from "../tools/output.js";
import { openEditor } from "./editor.js";
import { fileText } from "./plan-file.js";
import { refusalText } from "../words/refusals.js";
import { findingLines } from "../words/errors/plans.js";
import type { Terminal } from "./prompt.js";
import { paint } from "./style.js";

/** unchanged: the plan is the same. left: the person stopped; the text is kept, and the terminal shows its path. */
export type Composed =
  | { readonly kind: "text"; readonly text: string; readonly file: string; discard(): Promise<void> }
  | { readonly kind: "unchanged" }
  | { readonly kind: "left" };

export async function composePlan(loom: Loom, run: Run, terminal: Terminal, signal: AbortSignal): Promise<Composed> {
  const original = await planYaml(planOf(run).plan);
  return compose(
    { name: run.id, original, opening: PLAN_OPENING, judge: (text) => judge(loom, run, text) },
    terminal,
    signal,
  );
}

type OtherArguments =
  | Exclude<Composed, { readonly kind: "text" }>
  | { readonly kind: "arguments"; readonly args: JsonObject; discard(): Promise<void> };

/** Other arguments for a waiting call, which fit its tool. */
export async function composeArguments(
  run: Run,
  pending: PendingApproval,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<OtherArguments> {
  const { stringify, parse } = await import("yaml");
  const original = stringify(pending.args ?? {}, { lineWidth: 120, aliasDuplicateObjects: false });
  const read = (text: string) => argumentsIn(run, pending, () => parse(text) as unknown);
  const judgeArguments = (text: string): Judged => {
    const given = read(text);
    return given.ok ? { ok: true, lines: () => [] } : { ok: false, lines: () => [visible(given.why)] };
  };
  const name = `${run.id}-arguments`;
  const composed = await compose({ name, original, opening: CALL_OPENING, judge: judgeArguments }, terminal, signal);
  if (composed.kind !== "text") return composed;
  const given = read(composed.text);
  if (!given.ok) throw new Error(given.why);
  return { kind: "arguments", args: given.args, discard: () => composed.discard() };
}

interface ToCompose {
  /** Name of the file, without its ending. */
  readonly name: string;
  readonly original: string;
  /** The remarks above the text, one line each. */
  readonly opening: readonly string[];
  readonly judge: (text: string) => Judged | Promise<Judged>;
}

async function compose(
  { name, original, opening, judge: judgeText }: ToCompose,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Composed> {
  const folder = await mkdtemp(join(tmpdir(), "planloom-edit-"));
  const discard = () => rm(folder, { recursive: true, force: true });
  const file = join(folder, `${name}.yaml`);
  let body = original;
  let remarks = opening;
  for (;;) {
    await writePrivateFile(file, withRemarks(remarks, body));
    const failure = await openEditor(file);
    body = await bodyIn(file, body);
    const judged: Judged = failure === undefined ? await judgeText(body) : { ok: false, lines: () => [failure] };
    const isSame = body.trim() === "" || body.trim() === original.trim() || judged.isSame === true;
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

const CALL_OPENING: readonly string[] = [
  "The arguments of the call that waits for approval. Change them, save, and close the editor: they are checked.",
  "Where nothing is changed, they stay as they are. Lines that begin like these two are left out.",
];

const PLAN_OPENING: readonly string[] = [
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
  /** Other words for what waits already. */
  readonly isSame?: boolean;
  /** The errors. `above` is the number of remark lines before the text. */
  readonly lines: (above: number) => readonly string[];
}

async function judge(loom: Loom, run: Run, text: string): Promise<Judged> {
  const unopened = await loom.tools({ plan: text }).then(
    () => undefined,
    (error: unknown) => messageOf(error),
  );
  if (unopened !== undefined) return { ok: false, lines: () => [visible(unopened)] };
  const { goal, inputs, within, settings } = run.request;
  const checked = loom.check(text, { goal, inputs, budget: settings.budget, ...(within && { within }) });
  if (!checked.ok) return { ok: false, lines: (above) => linesOn(checked.findings, above) };
  const revision = revise(run, checked, undefined);
  if (!revision.ok) return { ok: false, lines: (above) => linesOn(revision.findings, above) };
  return { ok: true, isSame: checked.hash === planOf(run).hash, lines: () => [] };
}

type Given = { readonly ok: true; readonly args: JsonObject } | { readonly ok: false; readonly why: string };

function argumentsIn(run: Run, pending: PendingApproval, read: () => unknown): Given {
  const refused = (said: Refusal): Given => ({ ok: false, why: refusalText(said, run.id) });
  const tool = editableTool(run, pending);
  if (tool === undefined) return refused(refusal("ARGS_NOT_EDITABLE", {}));
  try {
    const value = strictJson(read());
    if (!value.ok || !isObject(value.value)) return { ok: false, why: "The arguments are no record of JSON values." };
    const problem = editProblem(tool, pending.args ?? {}, value.value);
    return problem === undefined ? { ok: true, args: value.value } : refused(refusal("ARGS_INVALID", problem));
  } catch (thrown) {
    return { ok: false, why: messageOf(thrown) };
  }
}

function linesOn(findings: readonly Finding[], above: number): readonly string[] {
  const moved = findings.map((finding) => {
    const { line } = finding.where;
    return line === undefined ? finding : { ...finding, where: { ...finding.where, line: line + above } };
  });
  const lines = findingLines(moved, "plan").flatMap((line) => visible(line).split("\n"));
  return ["This plan cannot run yet. Mend what is named, save, and close the editor:", ...lines];
}
