// The public names of plans as data (planloom/plan): reading, checking, writing and drawing them, without a run.
// Separate from index.ts because it loads the schema library and the parsers.
export { LIMITS } from "./limits.js";
export { check, type CheckOptions, type CheckResult } from "./plan/check/check.js";
export { CEL_WORDS } from "./plan/expression/expression.js";
export { referencedNames, scanTemplate } from "./plan/expression/reference.js";
export type { Estimate } from "./plan/estimate/estimate.js";
export { errorKeys, errorsOf, findingText, type Finding } from "./plan/finding.js";
export { graphAscii, graphMermaid } from "./plan/graph.js";
export { keepsImproving } from "./plan/improvement.js";
export { canonicalJson, depthOf, isObject, type Json, type JsonObject } from "./plan/json.js";
export { ID_PATTERN, planHash, type Draft } from "./plan/plan.js";
export { planQuality, type PlanQuality } from "./plan/check/quality.js";
export { normalizeDraft, readPlan, type ReadOptions, type ReadResult } from "./plan/read/read.js";
export { findDocument } from "./plan/read/text.js";
export { planJsonSchema } from "./plan/schema-document.js";
export type { EffectClass, Inventory, ToolSpec } from "./plan/tool-spec.js";
export { writePlan } from "./plan/write.js";
