// The public names of plans as data (planloom/plan): reading, checking, writing and drawing them, without a run.
// Findings and notes have words here. Not in index.ts, because it loads the schema library and the parsers.
export { LIMITS } from "./limits.js";
export type { CheckOptions } from "./plan/check/check.js";
export { CEL_WORDS } from "./plan/expression/expression.js";
export { referencedNames, scanTemplate } from "./plan/expression/reference.js";
export type { EstimateInWords as Estimate } from "./words/estimate.js";
export { errorKeys, errorsOf, type Finding } from "./plan/finding.js";
export { graphAscii, graphMermaid } from "./plan/graph.js";
export { keepsImproving } from "./plan/improvement.js";
export { canonicalJson, depthOf, isObject, type Json, type JsonObject } from "./plan/json.js";
export { ID_PATTERN, type Draft } from "./plan/plan.js";
export { planHash, programHash } from "./plan/plan-hash.js";
export type { ReadOptions } from "./plan/read/read.js";
export { findDocument } from "./plan/read/text.js";
export { planJsonSchema } from "./plan/schema-document.js";
export type { EffectClass, Inventory, ToolSpec } from "./plan/tool-spec.js";
export { writePlan } from "./plan/write.js";
export { findingText, worded, type WordedFinding } from "./words/findings.js";
export {
  checkInWords as check,
  normalizeInWords as normalizeDraft,
  readInWords as readPlan,
  type CheckInWords as CheckResult,
  type ReadInWords as ReadResult,
} from "./words/plan-in-words.js";
export { nextFix, planQuality, type PlanFault, type PlanQuality, type QualityRecord } from "./words/quality.js";
