// Collects the findings of one check. In: code, pointer and parameters, from every part of check. Out: the list, each
// finding once, errors first, with positions if the text is known.
import { beginning } from "../../beginning.js";
import { LIMITS } from "../../limits.js";
import {
  findingOf,
  positioned,
  type CodedFinding,
  type Finding,
  type FindingCode,
  type Locate,
  type Severity,
} from "../finding.js";
import type { FindingParams } from "../finding-params.js";
import { isObject, type Json } from "../json.js";

/**
 * Parameters that take time to compute, such as the nearest name. `make` is called only for a finding that is kept.
 * `key` distinguishes the finding from others with the same code and place.
 */
export class Later<Params> {
  constructor(
    readonly key: string,
    readonly make: () => Params,
  ) {}
}

export type Report = <Code extends FindingCode>(
  code: Code,
  pointer: string,
  params: FindingParams[Code] | Later<FindingParams[Code]>,
  severity?: Severity,
) => void;
export interface Collected {
  readonly report: Report;
  /** Whether there are errors with codes other than these. */
  readonly hasErrors: (besides?: ReadonlySet<string>) => boolean;
  readonly findings: (locate: Locate | undefined) => readonly Finding[];
}

export function collectFindings(): Collected {
  const found = { error: new Map<string, CodedFinding>(), warning: new Map<string, CodedFinding>() };
  const errors = new Set<string>();
  const report: Report = (code, place, given, severity = "error") => {
    const pointer = beginning(place, LIMITS.findingChars);
    const kept = found[severity];
    if (severity === "error") errors.add(code);
    const key = `${code} ${pointer} ${given instanceof Later ? given.key : JSON.stringify(given)}`;
    if (kept.size >= LIMITS.findings || kept.has(key)) return;
    const params = short(given instanceof Later ? given.make() : given);
    kept.set(key, findingOf(code, { pointer }, params, severity));
  };
  const findings = (locate: Locate | undefined): readonly Finding[] => {
    const list = [...found.error.values(), ...found.warning.values()].slice(0, LIMITS.findings);
    return list.map((finding) => positioned(finding, locate));
  };
  const hasErrors = (besides?: ReadonlySet<string>): boolean => [...errors].some((code) => besides?.has(code) !== true);
  return { report, hasErrors, findings };
}

/** Parameters with cut texts and lists. A draft's own names may be megabytes long. */
function short<Params>(params: Params): Params {
  return shortened(params as Json) as Params;
}

function shortened(value: Json): Json {
  if (typeof value === "string") return beginning(value, LIMITS.findingChars);
  if (Array.isArray(value)) return (value as readonly Json[]).slice(0, LIMITS.findingNames).map(shortened);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, shortened(field)]));
}
