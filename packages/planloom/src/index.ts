// The library's public names. Plans as data are in planloom/plan, and the testing kit is in planloom/testing.
// Everything else is internal.
export { createLoom } from "./served-loom.js";
export { agent } from "./loom/agent.js";
export type { LoomConfig } from "./loom/config.js";
export { defineConfig } from "./loom/define-config.js";
export type { Loom, StartOptions } from "./loom/loom.js";
export type { LoomRun } from "./loom/loom-run.js";
export type { Recording } from "./engine/recording.js";
export { replayRecording } from "./recording/replay-recording.js";
export { PlanloomError } from "./words/planloom-error.js";
export { failureText } from "./words/failures.js";
export { reasonText } from "./words/reasons.js";
export { tool, ToolError, type Tool, type ToolContext } from "./tools/tool.js";
export type { Model } from "./model/port.js";
export type { EventStore } from "./store/event-store.js";
export { memoryStore } from "./store/memory.js";
export { openSqliteStore } from "./store/sqlite.js";
export type { Finding } from "./plan/finding.js";
export type { Json } from "./plan/json.js";
export type { Plan } from "./plan/plan.js";
export type { RunDocument } from "./loom/document.js";
export type { RunEvent } from "./run/event.js";
