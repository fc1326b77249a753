// The public names for tools beyond `tool()` (planloom/tools): tools that come from elsewhere, and the types of a tool's
// parts. `tool` and `ToolError` are in planloom.
export { aiTools, type AiTool, type AiToolOptions } from "./tools/ai-tools.js";
export type { EffectClass, ToolReach } from "./plan/tool-spec.js";
export type { MissingState } from "./tools/missing-state.js";
export type { Preview } from "./tools/preview.js";
export type { Schema, StandardSchema } from "./tools/schema.js";
export type { PreviewContext, Reconciled, ReconcileContext, ToolDefinition, ToolModelCall } from "./tools/tool.js";
export { openApi, type OpenApiOptions } from "./tools/openapi/open-api.js";
export { withJsonSchema } from "./tools/with-json-schema.js";
