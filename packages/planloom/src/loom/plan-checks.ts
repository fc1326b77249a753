// Checks every plan that enters a loom. In: a plan as text, as data, as a Plan, or as a result of an earlier check.
// Out: the result of check. A plan that this loom has checked is not checked again.
import { check, type CheckOptions, type CheckResult } from "../plan/check/check.js";
import { bareFindings, isError, positioned, type Finding, type Locate } from "../plan/finding.js";
import { canonicalJson, isObject, type Json } from "../plan/json.js";
import { planHash } from "../plan/plan-hash.js";
import type { Plan } from "../plan/plan.js";
import type { ReadNote } from "../plan/read/note-params.js";
import { normalizeDraft, readPlan, withReading, type ReadResult } from "../plan/read/read.js";
import { narrowedTo, type Inventory } from "../plan/tool-spec.js";
import { writePlan } from "../plan/write.js";
import type { PlanPrecheck } from "../agents/planner/planner.js";
import type { CheckedPlan, PlanMarks } from "../run/command.js";
import { withWords, worded, type Worded } from "../words/findings.js";
import { wordedNotes, type WordedNote } from "../words/notes.js";

export type PlanCheckOptions = Omit<CheckOptions, "limits" | "locate">;

/** `notes` lists what the reader rewrote. */
export type PlanCheck = CheckResult & PlanMarks & { readonly notes: readonly ReadNote[] };
/** The same with words. */
export type WordedCheck = Worded<CheckResult> & PlanMarks & { readonly notes: readonly WordedNote[] };

/** Facts about a returned result. The caller holds the result and may have changed it. */
interface Made {
  /** Absent if the plan did not pass. */
  readonly hash?: string;
  /** The inputs that the plan was checked with, as canonical JSON. Absent if there were none. */
  readonly inputs?: string;
  /** The schema of the answer that it was checked with, likewise. */
  readonly answer?: string;
}

export class PlanChecks {
  readonly #made = new WeakMap<object, Made>();
  /** What is known of the authors of results and of their plans. A copy as text or data has no marks. */
  readonly #marks = new WeakMap<object, PlanMarks>();
  /** Where the parts of a plan stand in the text that it was read from. */
  readonly #places = new WeakMap<Plan, Locate>();

  constructor(
    private readonly tools: { readonly inventory: Inventory },
    private readonly options: Pick<CheckOptions, "limits" | "granularity" | "synthesizer" | "judge" | "budget">,
  ) {}

  /** Like `check`, with words. The result is remembered. */
  checkInWords(given: unknown, options: PlanCheckOptions = {}): WordedCheck {
    const result = this.check(given, options);
    const said = { ...withWords(result), notes: wordedNotes(result.notes) };
    this.#made.set(said, this.#made.get(result) ?? {});
    if (said.ok) this.mark(said, result);
    return said;
  }

  /**
   * Never throws. The findings are as a run records them. A result of this loom is used as it is, unless it was changed
   * or the inputs differ. `only`: the names of the tools that the plan may use.
   */
  check(given: unknown, options: PlanCheckOptions = {}, only?: readonly string[]): PlanCheck {
    const known = only === undefined ? this.#known(given, options) : undefined;
    if (known !== undefined) return known;
    const inventory = narrowedTo(this.tools.inventory, only);
    const read = this.#read(given);
    const checked =
      read.kind === "plan"
        ? withReading(check(read.draft, inventory, { ...this.options, ...options, locate: read.locate }), read)
        : ({ ok: false, findings: read.findings } as const);
    const marks = checked.ok ? this.#marksOn(checked.plan, given) : {};
    const result = { ...checked, ...marks, notes: read.kind === "plan" ? read.notes : [] };
    if (result.ok) {
      this.mark(result, marks);
      if (read.kind === "plan") this.#places.set(result.plan, read.locate);
    }
    this.remember(result, result.ok ? options : {});
    return result;
  }

  /** The tools that the steps of a plan name, as far as it can be read. all: a step may use every tool. */
  toolsNamed(given: unknown): readonly string[] | "all" {
    const plan = planIn(given);
    const read = isComplete(plan) ? undefined : this.#read(given);
    const steps = read === undefined ? (plan as { readonly steps: unknown }).steps : stepsOf(read);
    const named = (Array.isArray(steps) ? (steps as readonly unknown[]) : []).flatMap((step) =>
      isObject(step) ? [step["tool"], step["tools"]].flat() : [],
    );
    return named.includes("all") ? "all" : named.filter((name) => typeof name === "string");
  }

  /** Like `checkInWords`, and then asks the tools whether what the plan needs is there. Never rejects. */
  async precheckInWords(given: unknown, options: PlanCheckOptions, precheck: PlanPrecheck): Promise<WordedCheck> {
    const said = this.checkInWords(given, options);
    if (!said.ok) return said;
    const { findings } = await this.prechecked(said, precheck);
    if (findings.some(isError)) return { ok: false, findings: worded(findings), notes: said.notes };
    const result = { ...said, findings: worded(findings) };
    this.#made.set(result, this.#made.get(said) ?? {});
    this.mark(result, said);
    return result;
  }

  /** The plan with the findings of its prechecks, errors first. Those of an earlier time are left out. */
  async prechecked<P extends CheckedPlan>(checked: P, precheck: PlanPrecheck): Promise<P> {
    const found = await precheck(checked);
    const before = checked.findings.filter(({ code }) => code !== "PRECHECK_FAILED");
    if (found.length === 0 && before.length === checked.findings.length) return checked;
    const placed = found.map((finding): Finding => positioned(finding, this.#places.get(checked.plan)));
    return { ...checked, findings: [...placed, ...before] };
  }

  /** Remembers the marks of a plan, also for later checks of it with other inputs. */
  mark(result: CheckedPlan, marks: PlanMarks): void {
    if (marks.afterUntrusted === undefined && marks.mustApprove === undefined) return;
    this.#marks.set(result, marks).set(result.plan, marks);
  }

  /** The marks of the plan that this one was made from. A step that was changed keeps its mark. */
  #marksOn({ steps }: Plan, given: unknown): PlanMarks {
    const { afterUntrusted, mustApprove = [] } = (isObject(given) ? this.#marks.get(given) : undefined) ?? {};
    if (afterUntrusted === undefined) return {};
    const ids = new Set(steps.map(({ id }) => id));
    const isThere = (id: string) => ids.has(id);
    return {
      mustApprove: mustApprove.filter(isThere),
      afterUntrusted: { ...afterUntrusted, steps: afterUntrusted.steps.filter(isThere) },
    };
  }

  /** Marks this result as checked, with these inputs and this schema of the answer. */
  remember(result: PlanCheck | CheckedPlan, { inputs, answer }: Pick<CheckOptions, "inputs" | "answer">): void {
    const hash = "hash" in result ? { hash: result.hash } : {};
    const checked = {
      ...(inputs && { inputs: canonicalJson(inputs) }),
      ...(answer && { answer: canonicalJson(answer) }),
    };
    this.#made.set(result, { ...hash, ...checked });
  }

  /** The inputs that a plan was checked with, without the defaults of the plan. */
  inputsOf(given: unknown): CheckedPlan["inputs"] | undefined {
    const inputs = isObject(given) ? this.#made.get(given)?.inputs : undefined;
    return inputs === undefined ? undefined : (JSON.parse(inputs) as CheckedPlan["inputs"]);
  }

  #known(given: unknown, { inputs: wanted, answer, within }: PlanCheckOptions): PlanCheck | undefined {
    const made = isObject(given) ? this.#made.get(given) : undefined;
    if (made === undefined) return undefined;
    if (made.hash === undefined) return given as PlanCheck;
    // What a plan of a sub-goal may hold depends on the runs above.
    if (within !== undefined) return undefined;
    if (answer !== undefined && made.answer !== canonicalJson(answer)) return undefined;
    const { plan, inputs, tools, findings } = given as CheckedPlan;
    const marks = this.#marks.get(given as object) ?? {};
    try {
      if (wanted !== undefined && !fits(made, { plan, inputs }, canonicalJson(wanted))) return undefined;
      if (planHash(plan, inputs, tools) !== made.hash) return undefined;
    } catch {
      // It was changed to something that is not a plan.
      return undefined;
    }
    const known = {
      ok: true,
      plan,
      inputs,
      tools,
      hash: made.hash,
      ...marks,
      findings: bareFindings(findings),
      notes: [],
    } as const;
    this.#made.set(known, made);
    return known;
  }

  #read(given: unknown): ReadResult {
    const options = { inventory: this.tools.inventory, author: "person" } as const;
    if (typeof given === "string") return readPlan(given, options);
    return { kind: "plan", ...normalizeDraft(documentIn(given), options), locate: () => undefined };
  }
}

/** Whether the plan was checked with these inputs. A plan that was checked without any must not lack one. */
function fits(made: Made, { plan, inputs }: Pick<CheckedPlan, "plan" | "inputs">, wanted: string): boolean {
  if (made.inputs === wanted) return true;
  const lacks = Object.keys(plan.inputs).some((name) => !Object.hasOwn(inputs, name));
  return canonicalJson(inputs) === wanted && !lacks;
}

/** The Plan in a result of check; any other value as it is. */
const planIn = (given: unknown): unknown =>
  isObject(given) && typeof given["hash"] === "string" ? given["plan"] : given;

const stepsOf = (read: ReadResult): unknown =>
  read.kind === "plan" && isObject(read.draft) ? read.draft["steps"] : undefined;

/** The document of a Plan, or of the Plan in a result of check; any other value as it is. */
function documentIn(given: unknown): unknown {
  const plan = planIn(given);
  if (!isComplete(plan)) return given;
  try {
    return writePlan(plan);
  } catch {
    return given;
  }
}

/** A Plan names the kind of each step and of its answer; a draft names none. */
function isComplete(value: unknown): value is Json & Plan {
  if (!isObject(value)) return false;
  const { steps, answer } = value;
  const hasKind = (part: unknown): boolean => isObject(part) && typeof part["kind"] === "string";
  return Array.isArray(steps) && steps.every(hasKind) && hasKind(answer);
}
