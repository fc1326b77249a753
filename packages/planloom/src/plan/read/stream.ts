// Reads a plan while it is being written. In: pieces of text, as they arrive. Out: each step as soon as its closing brace is there, and
// in the end the same result as the whole text gives. Separate from read.ts because each character is looked at once, whatever the
// pieces; only the text of one step is ever parsed before the end.
import { LIMITS } from "../../limits.js";
import { canonicalJson, isObject } from "../json.js";
import { looksLikeStep } from "./names.js";
import { Intake } from "./intake.js";
import { scanJson } from "./json.js";
import { StepFinder } from "./stream-scan.js";
import { readPlan, type ReadOptions, type ReadResult } from "./read.js";
import type { ReadNote } from "./note-params.js";
import type { Finding } from "../finding.js";

export interface StreamedStep {
  /** Its place in the list of steps, from 0. */
  readonly index: number;
  /** The step as written, parsed. */
  readonly raw: unknown;
  /** The canonical step, not yet checked. It was read with the steps before it alone: what refers to a later one is as written. */
  readonly step: unknown;
  readonly notes: readonly ReadNote[];
  /** A step with an error here must not start. */
  readonly findings: readonly Finding[];
}

export interface StreamEnd {
  /** The same as `readPlan` of the whole text. */
  readonly result: ReadResult;
  /** Steps that were given and that the result does not have in this place and this form, in order; empty where all agree. */
  readonly differing: readonly { readonly index: number; readonly given: unknown; readonly final: unknown }[];
}

export interface StreamOptions extends ReadOptions {
  /** What a reply under a schema stands for, before the adapters read it; the whole text is then given to `end`. */
  readonly prepare?: (raw: unknown) => unknown;
}

/**
 * A plan that is still being written. `push` gives the steps that have become complete, in order, each once and never again: objects
 * in the list of steps, wherever the document stands (bare, in a fence, behind prose or thinking), also where their JSON has to be
 * mended. It gives nothing for YAML and numbered text, nor behind a place that it cannot follow; `end` reads those, too. `end` reads
 * the whole text once, and says of which given steps it makes something else: a later step took their id, a second list came, the
 * text was no plan after all. What was begun on their account is then to be stopped. Never throws. No time of its own but for
 * the characters that are new: O(length of the text) over all calls.
 */
export class PlanStream {
  private readonly pieces: string[] = [];
  private readonly given: StreamedStep[] = [];
  private readonly finder = new StepFinder();
  private readonly intake: Intake;
  private length = 0;
  private lost = false;

  constructor(private readonly options: StreamOptions = {}) {
    this.intake = new Intake(options.inventory, false);
  }

  push(piece: string): readonly StreamedStep[] {
    this.pieces.push(piece);
    this.length += piece.length;
    if (this.lost || this.length > LIMITS.lenientChars) return [];
    const before = this.given.length;
    for (const text of this.finder.push(piece)) {
      const step = this.lost ? undefined : this.read(text);
      if (step !== undefined) this.given.push(step);
    }
    return this.given.slice(before);
  }

  /** Ends the stream. `text` in the place of what was pushed, where `prepare` made something else of its steps. */
  end(text: string = this.text): StreamEnd {
    const result = readPlan(text, this.options);
    const steps = stepsOf(result);
    const differing = this.given.flatMap(({ index, step }) => {
      const final = steps[index];
      return isSame(final, step) ? [] : [{ index, given: step, final }];
    });
    return { result, differing };
  }

  /** Everything that was pushed. */
  get text(): string {
    return this.pieces.join("");
  }

  private read(text: string): StreamedStep | undefined {
    const raw = parsed(text);
    if (!isObject(raw) || !looksLikeStep(raw)) {
      this.lost = true;
      return undefined;
    }
    const index = this.given.length;
    const [notes, findings] = [this.intake.notes.length, this.intake.findings.length];
    const step = this.intake.step(this.options.prepare === undefined ? raw : this.options.prepare(raw), index);
    return { index, raw, step, notes: this.intake.notes.slice(notes), findings: this.intake.findings.slice(findings) };
  }
}

const isSame = (final: unknown, given: unknown): boolean =>
  JSON.stringify(final) === JSON.stringify(given) ||
  (final !== undefined && canonicalJson(final) === canonicalJson(given));

function stepsOf(result: ReadResult): readonly unknown[] {
  const read = result.kind === "plan" ? result : result.kind === "truncated" ? result.partial : undefined;
  const steps: unknown = isObject(read?.draft) ? read.draft["steps"] : undefined;
  return Array.isArray(steps) ? steps : [];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const scan = scanJson(text, 0);
    return scan.kind === "value" && scan.end === text.length ? scan.value : undefined;
  }
}
