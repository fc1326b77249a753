// Words for tools of a server that cannot be used. In: what was left out, as data. Out: one sentence for the planner
// and for people.

/**
 * `unknown`: the configuration names it, and the server has it not. `more`: further tools beyond the limit; isCut: the
 * server has even more. `invalid`: what is wrong with its definition.
 */
export type LeftTool =
  | { readonly why: "task"; readonly tool: string }
  | { readonly why: "unknown"; readonly tool: string }
  | { readonly why: "invalid"; readonly tool: string; readonly reason: string }
  | { readonly why: "more"; readonly server: string; readonly tools: number; readonly isCut?: boolean };

export const leftToolsText = (left: readonly LeftTool[]): string =>
  `These cannot be used: ${left.map(leftText).join("; ")}.`;

function leftText(left: LeftTool): string {
  if (left.why === "unknown") return `${left.tool} (the configuration names it, but the server has no such tool)`;
  if (left.why === "task") return `${left.tool} (it runs only as a task of the server)`;
  if (left.why === "invalid") return `${left.tool} (${left.reason.replace(/\.$/, "")})`;
  return `${left.tools} ${left.isCut === true ? "and more" : "more"} tools of ${left.server}`;
}
