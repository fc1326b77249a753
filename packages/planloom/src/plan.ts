// The public names of plans as data (planloom/plan): reading, checking, writing and drawing them, without a run.
// Separate from index.ts because it loads the schema library and the parsers.
export { check, type CheckOptions, type CheckResult } from "./plan/check/check.js";
export type { Estimate } from "./plan/estimate/estimate.js";
export { findingText } from "./plan/finding.js";
export { graphAscii, graphMermaid } from "./plan/graph.js";
export { planHash, type Draft } from "./plan/plan.js";
export { planQuality, type PlanQuality } from "./plan/check/quality.js";
export { readPlan, type ReadOptions, type ReadResult } from "./plan/read/read.js";
export { planJsonSchema } from "./plan/schema-document.js";
export type { EffectClass, Inventory, ToolSpec } from "./plan/tool-spec.js";
export { writePlan } from "./plan/write.js";
