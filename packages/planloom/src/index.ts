// The library's public names. Plans as data have a subpath of their own (planloom/plan), as has the testing kit
// (planloom/testing); everything else is internal.
export { createLoom } from "./engine/create-loom.js";
export { defineConfig, type LoomConfig } from "./engine/config.js";
export type { Loom, StartOptions } from "./engine/loom.js";
export type { LoomRun } from "./engine/loom-run.js";
export type { LoomPorts } from "./engine/open-loom.js";
export type { Recording } from "./engine/recording.js";
export { replayRecording } from "./engine/replay-recording.js";
export { PlanloomError } from "./error.js";
export { tool, ToolError, type Tool, type ToolContext } from "./tools/tool.js";
export type { Model } from "./model/port.js";
export type { EventStore } from "./store/event-store.js";
export { memoryStore } from "./store/memory.js";
export { openSqliteStore } from "./store/sqlite.js";
export type { Finding } from "./plan/finding.js";
export type { Json } from "./plan/json.js";
export type { Plan } from "./plan/plan.js";
export type { RunDocument } from "./run/document.js";
export type { RunEvent } from "./run/event.js";
