// The runs that a caller may steer: those that it has started. In: a caller and a run. Out: the mark and the settings of a
// new run, and the refusal for the runs of others.
import type { Loom } from "../../loom/loom.js";
import type { LoomRun } from "../../loom/loom-run.js";
import type { RunSettings } from "../../loom/run-settings.js";
import type { ApprovalPolicy } from "../../run/settings.js";
import { PlanloomError } from "../../words/planloom-error.js";
import type { McpCaller, McpOptions } from "./offered-tool.js";

/** The client of standard input: it runs as this user. */
export const LOCAL_CALLER: McpCaller = { name: "mcp", right: "all", tag: "mcp" };

/** The author of what a model does. The name of a token holds no colon. */
export const modelName = (caller: McpCaller): string => (isLocal(caller) ? caller.name : `mcp:${caller.name}`);

/** The author of what a person answers through the client. */
export const personName = (caller: McpCaller): string => (isLocal(caller) ? "person at the MCP client" : caller.name);

/** A token may also be named `mcp`. Its tag is another one. */
const isLocal = ({ tag }: McpCaller): boolean => tag === LOCAL_CALLER.tag;

/** Throws RUN_UNKNOWN, RUN_NOT_OWN. */
export async function ownRun(loom: Loom, { tag }: McpCaller, runId: string): Promise<LoomRun> {
  const { request } = await loom.engine.load(runId);
  if (!request.tags.includes(tag)) throw new PlanloomError("RUN_NOT_OWN", { runId });
  return loom.get(runId);
}

/**
 * The settings of a run that a model starts: whatever acts waits for a person, also where the configuration asks nobody,
 * unless the operator lets callers decide. `least`: the policy that the tool wants. Throws SETTING_LOOSER.
 */
export function callerSettings(
  configured: ApprovalPolicy,
  { mayApprove }: Pick<McpOptions, "mayApprove">,
  given: RunSettings = {},
  least: "never" | "always" = "never",
): RunSettings {
  if (!mayApprove && configured === "never" && given.approval === "never") throw looser("approval", "never", "effects");
  if (!mayApprove && given.guard === "off") throw looser("guard", "off", "ask");
  // A run cannot name the function of the configuration, which is stricter than `effects`. It holds by itself.
  const held = !mayApprove && configured === "never" ? "effects" : undefined;
  const approval = least === "always" ? least : (given.approval ?? held);
  return {
    ...given,
    ...(mayApprove ? {} : { guard: "ask" as const }),
    ...(approval === undefined ? {} : { approval }),
  };
}

const looser = (setting: string, given: string, configured: string) =>
  new PlanloomError("SETTING_LOOSER", { setting, given, configured, of: "callers" });
