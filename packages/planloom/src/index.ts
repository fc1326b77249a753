// The library's public names. Everything else is internal, or a subpath of its own (planloom/testing).
export { createLoom, type Loom, type LoomPorts, type StartOptions } from "./engine/loom.js";
export type { LoomRun } from "./engine/loom-run.js";
export { defineConfig, type LoomConfig } from "./engine/config.js";
export { PlanloomError } from "./error.js";
export { tool, ToolError, type Tool, type ToolContext } from "./tools/tool.js";
export type { Model } from "./model/port.js";
export type { EventStore } from "./store/event-store.js";
export { memoryStore } from "./store/memory.js";
export { openSqliteStore } from "./store/sqlite.js";
export type { Finding } from "./plan/finding.js";
export type { Json } from "./plan/json.js";
export type { Plan } from "./plan/plan.js";
export { readPlan } from "./plan/read.js";
export { planJsonSchema } from "./plan/schema-document.js";
export { graphAscii, graphMermaid } from "./plan/graph.js";
export type { RunDocument } from "./run/document.js";
export type { RunEvent } from "./run/event.js";
