// Tools and small plans for stories about the kernel.
import type { EffectClass, ToolSpec } from "../../src/plan/tool-spec.js";
import type { LooseInput } from "../../src/testing/given-when-then.js";
import { NO_USAGE } from "../../src/plan/usage.js";
import type { Json } from "../../src/plan/json.js";
import type { Ending } from "../../src/run/input.js";

export function spec(name: string, effects: EffectClass = "none", extra: Partial<ToolSpec> = {}): ToolSpec {
  return {
    name,
    description: `Does ${name}.`,
    input: { type: "object", properties: { x: {}, n: { type: "number" } }, additionalProperties: false },
    effects,
    ...extra,
  };
}

export const TOOLS = [
  spec("look"),
  spec("put", "idempotent"),
  spec("pay", "once"),
  spec("ask_first", "once", { approval: "required" }),
];

export const call = (id: string, more: object = {}) => ({ id, tool: "look", with: {}, ...more });

export function returned(key: string, output: Json = null, tools: readonly string[] = ["look"]): LooseInput {
  return { type: "returned", key, output, tools, usage: NO_USAGE };
}

export function ended(
  key: string,
  ending: Ending = "tool-error",
  more: { retryable?: boolean; retryAfterMs?: number; at?: number } = {},
): LooseInput {
  const { at, retryable = true, ...rest } = more;
  const error = { code: "BROKEN", message: "it broke", retryable, ...rest };
  return { type: "ended", key, ending, error, usage: NO_USAGE, ...(at === undefined ? {} : { at }) };
}
