// The words for where untrusted data comes from. In: a source as data. Out: a sentence.
import type { ValueSource } from "../plan/origin.js";
import { andList } from "./phrases.js";

interface SourceStep {
  readonly title: string;
  readonly number?: number;
  /** The tools whose results the step has used. */
  readonly tools: readonly string[];
}

export function untrustedPath(source: ValueSource, step?: SourceStep): string {
  if ("input" in source) return `The input ${source.input} may hold text of others.`;
  if ("tool" in source) return `The model read what ${source.tool} returned. This run does not trust it.`;
  if ("plan" in source) return "This text of the plan was written after untrusted text was read.";
  if ("secret" in source) return "A secret is part of it.";
  if (step === undefined) return `Step ${source.step} gave it.`;
  const through = step.tools.length === 0 ? "" : ` with what ${andList(step.tools)} returned`;
  const number = step.number === undefined ? "" : ` ${step.number}`;
  return `Step${number}, “${step.title}”, made it${through}. This run does not trust that.`;
}
