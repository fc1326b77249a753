// Warns of an agent step whose calls the guard would hold. In: the steps and their tools. Out: one warning for a step
// that mixes untrusted reads with effects, or private data with a way out. Split, each part does one of the two.
import { isControl, outputLabel, OWN } from "../label.js";
import type { JsonObject } from "../json.js";
import { isConversation, toolNames } from "../step-kind.js";
import type { ToolSpec } from "../tool-spec.js";
import type { Report } from "./report.js";
import type { StepNode } from "./shape.js";

export function checkMixes(nodes: readonly StepNode[], tools: ReadonlyMap<string, ToolSpec>, report: Report): void {
  for (const { step, pointer } of nodes) {
    if (step === undefined || !isConversation(step)) continue;
    const mixed = mixedIn(offered(toolNames(step), tools));
    if (mixed !== undefined) report("STEP_MIXES", `${pointer}/tools`, { step: step.id, ...mixed }, "warning");
  }
}

/**
 * A call of a tool that asks for each call waits for a person anyway. A step with all tools is not judged: nobody has
 * chosen them for it.
 */
function offered(names: readonly string[] | "all", tools: ReadonlyMap<string, ToolSpec>): readonly ToolSpec[] {
  if (names === "all") return [];
  return names.flatMap((name) => tools.get(name) ?? []).filter(({ approval }) => approval === undefined);
}

function mixedIn(tools: readonly ToolSpec[]) {
  const readers = tools
    .filter(({ effects }) => effects === "none")
    .map((tool) => ({ tool, label: outputLabel(tool, OWN) }));
  const untrusted = readers.filter(({ label }) => label.untrusted).map(({ tool }) => tool.name);
  const acting = tools.filter(({ effects }) => effects !== "none").map(({ name }) => name);
  if (untrusted.length > 0 && acting.length > 0) return { reads: untrusted, acts: acting };
  const ways = tools.filter((tool) => tool.egress === true && argumentsOf(tool).some((name) => isControl(tool, name)));
  const held = readers.filter(({ label, tool }) => label.private && !ways.includes(tool)).map(({ tool }) => tool.name);
  if (untrusted.length === 0 || held.length === 0 || ways.length === 0) return undefined;
  return { reads: held, acts: ways.map(({ name }) => name), leaves: true as const };
}

const argumentsOf = ({ input }: ToolSpec): readonly string[] => Object.keys((input["properties"] ?? {}) as JsonObject);
