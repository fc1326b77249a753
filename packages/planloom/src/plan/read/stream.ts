// Reads a plan while it is being written. In: pieces of text, as they arrive. Out: each step as soon as its closing
// brace has arrived, and at the end the same result as for the whole text. Each character is looked at once. Only the
// text of one step is parsed before the end.
import { LIMITS } from "../../limits.js";
import { canonicalJson, isObject } from "../json.js";
import { looksLikeStep } from "./fields/names.js";
import { Intake } from "./intake.js";
import { scanJson } from "./notation/json.js";
import { StepFinder } from "./stream-scan.js";
import { readPlan, type ReadOptions, type ReadResult } from "./read.js";
import type { ReadNote } from "./note-params.js";
import type { Finding } from "../finding.js";

export interface StreamedStep {
  /** Index in the list of steps, from 0. */
  readonly index: number;
  /** The step as written, parsed. */
  readonly raw: unknown;
  /**
   * The canonical step, not yet checked. It was read only with the steps before it, so a reference to a later step
   * stays as written.
   */
  readonly step: unknown;
  readonly notes: readonly ReadNote[];
  /** A step with an error here must not start. */
  readonly findings: readonly Finding[];
}

export interface StreamEnd {
  /** The same as `readPlan` of the whole text. */
  readonly result: ReadResult;
  /** Returned steps that the result has in another place or form, or not at all, in order. Empty if all agree. */
  readonly differing: readonly { readonly index: number; readonly given: unknown; readonly final: unknown }[];
}

export interface StreamOptions extends ReadOptions {
  /** Converts a reply under a schema before the adapters read it. `end` then gets the whole text. */
  readonly prepare?: (raw: unknown) => unknown;
}

/**
 * A plan that is still being written. `push` returns the steps that have become complete, in order, each once: objects
 * in the list of steps, wherever the document is (bare, in a fence, after prose or thinking), also if their JSON needs
 * repair. It returns nothing for YAML and numbered text, or after a place that it cannot follow. `end` reads these,
 * too. `end` reads the whole text once, and reports returned steps that have changed: a later step took their id, a
 * second list came, or the text was no plan. Work that was started for them must then be stopped. Never throws. Time:
 * O(length of the text) over all calls.
 */
export class PlanStream {
  private readonly pieces: string[] = [];
  private readonly given: StreamedStep[] = [];
  private readonly finder = new StepFinder();
  private opened: Intake | undefined;
  private length = 0;
  private lost = false;

  constructor(private readonly options: StreamOptions = {}) {}

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

  /** Ends the stream. `text` replaces the pushed text if `prepare` converted its steps. */
  end(text: string = this.text): StreamEnd {
    const result = readPlan(text, this.options);
    const steps = stepsOf(result);
    const differing = this.given.flatMap(({ index, step }) => {
      const final = steps[index];
      return isSame(final, step) ? [] : [{ index, given: step, final }];
    });
    return { result, differing };
  }

  /** All text that was pushed. */
  get text(): string {
    return this.pieces.join("");
  }

  /** Made for the first step: the header of our format stands before it, if the document has one. */
  private get intake(): Intake {
    this.opened ??= new Intake(this.options.inventory, false, this.options.author, HEADER.test(this.text));
    return this.opened;
  }

  private read(text: string): StreamedStep | undefined {
    const raw = parsed(text);
    if (!isObject(raw) || !looksLikeStep(raw)) {
      this.lost = true;
      return undefined;
    }
    const index = this.given.length;
    const [notes, findings] = [this.intake.notes.length, this.intake.findings.length];
    const prepared = this.options.prepare === undefined ? raw : this.options.prepare(raw);
    const step = this.intake.stepExactly(this.intake.step(prepared, index), index, text);
    return { index, raw, step, notes: this.intake.notes.slice(notes), findings: this.intake.findings.slice(findings) };
  }
}

const HEADER = /["']?planloom["']?\s{0,20}:\s{0,20}1\b/;

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
