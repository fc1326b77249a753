// The names of actions for a model that calls the tools of the MCP server. In: an action. Out: its text inside a
// sentence: a tool, or what a person does.
import type { Action, Surface } from "../../words/action.js";
import type { McpOptions } from "./offered-tool.js";

/** What a model does itself, by the tool. */
const TOOLS: { readonly [action in Action["action"]]?: string } = {
  show: "status",
  watch: "status",
  answer: "answer",
  cancel: "cancel",
  reject: "reject",
  "list-runs": "list",
  start: "run",
  "check-plan": "plan",
};

/** What a model does itself only where the operator allows it. */
const DECISIONS: { readonly [action in Action["action"]]?: string } = { approve: "approve", respond: "respond" };

export const mcpSurface =
  ({ mayApprove, person }: Pick<McpOptions, "mayApprove" | "person">): Surface =>
  (action) => {
    const partial = action.action === "answer" && action.partial === true;
    const tool = partial ? undefined : (TOOLS[action.action] ?? (mayApprove ? DECISIONS[action.action] : undefined));
    return tool === undefined ? person(action) : `the tool \`${tool}\``;
  };
