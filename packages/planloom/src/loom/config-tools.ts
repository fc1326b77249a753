// The tools of a configuration. In: the value under `tools`, a list of tools and of lists of tools. Out: the tools in one
// list, or the first value that is no tool.
import { isObject } from "../plan/json.js";
import type { Tool } from "../tools/tool.js";
import type { NotTool } from "../words/errors/configuration.js";
import type { SettingChecks } from "./config-value.js";

/** What `tools` of a configuration may hold. A list inside comes from `openApi` or `aiTools`. */
export type GivenTools<C = unknown> = readonly (Tool<C> | readonly Tool<C>[])[];

/** All tools in the order given. */
export const toolsIn = <C>(given: GivenTools<C> = []): readonly Tool<C>[] => given.flat();

/** The first value that is no tool, with its place: `tools[1]`. Never throws. */
export function notTool(given: unknown): { readonly setting: string; readonly given: NotTool } | undefined {
  if (!Array.isArray(given)) return { setting: "tools", given: isThenable(given) ? "promise" : lookOf(given) };
  return firstIn(given as readonly unknown[], "tools", true);
}

function firstIn(list: readonly unknown[], place: string, mayNest: boolean): ReturnType<typeof notTool> {
  for (const [index, one] of list.entries()) {
    const setting = `${place}[${index}]`;
    if (isTool(one)) continue;
    if (Array.isArray(one) && mayNest) {
      const inside = firstIn(one as readonly unknown[], setting, false);
      if (inside !== undefined) return inside;
    } else return { setting, given: lookOf(one) };
  }
  return undefined;
}

export function knownTools(tools: unknown, check: SettingChecks): void {
  const fault = tools === undefined ? undefined : notTool(tools);
  if (fault === undefined) return;
  const { setting, given } = fault;
  check.fault({ setting, problem: "not-tools", wanted: { is: "tools", given } });
}

const isTool = (value: unknown): boolean =>
  isObject(value) && isObject(value["spec"]) && typeof value["call"] === "function";

const isThenable = (value: unknown): boolean => isObject(value) && typeof value["then"] === "function";

function lookOf(value: unknown): NotTool {
  if (Array.isArray(value)) return "nested";
  if (typeof value === "function") return "function";
  if (!isObject(value)) return "other";
  if (isThenable(value)) return "promise";
  if (isAiTool(value) || Object.values(value).some(isAiTool)) return "ai-sdk";
  return typeof value["name"] === "string" && "description" in value ? "definition" : "other";
}

/** The AI SDK names the schema of the arguments `inputSchema`, `parameters` before version 5. */
const isAiTool = (value: unknown): boolean =>
  isObject(value) && !("name" in value) && ("inputSchema" in value || ("parameters" in value && "execute" in value));
