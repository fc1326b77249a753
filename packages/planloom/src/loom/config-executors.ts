// The named executors of a configuration. In: the value under `executors`. Out: what is wrong with it; and the layers of
// settings that each has above those of the executor.
import { LIMITS } from "../limits.js";
import type { RoleSettings } from "../model/settings/role.js";
import { SPECIALIST_NAME } from "../plan/specialist.js";
import { isObject } from "../plan/json.js";
import { knownRole, knownSettings, ROLE_KEYS, type RoleConfig } from "./config-models.js";
import { isTexts, type SettingChecks } from "./config-value.js";

/** A specialist. It has the executor's settings where it has none of its own. */
export interface ExecutorConfig<C = unknown> extends Omit<RoleSettings, "model"> {
  /** What it is good at. The planner reads it and chooses by it. */
  readonly description?: string;
  /** Its model, as for a role: a name, a model, settings, a list of these, or a function. Default: the executor's. */
  readonly model?: RoleConfig<C>;
  /** The tools that its agent steps may use. Default: all. */
  readonly tools?: readonly string[];
}

/** By name. A step names one as its `executor`. */
export type ExecutorsConfig<C = unknown> = { readonly [name: string]: ExecutorConfig<C> };

const EXECUTOR_KEYS = { ...ROLE_KEYS, description: true, tools: true };

export function knownExecutors(executors: unknown, check: SettingChecks): void {
  if (executors === undefined) return;
  const names = isObject(executors) ? Object.keys(executors) : [];
  const wanted = { is: "executors", most: LIMITS.specialists } as const;
  if (!isObject(executors) || names.length > LIMITS.specialists) return check.wrong("executors", executors, wanted);
  for (const name of names) {
    if (SPECIALIST_NAME.test(name)) knownExecutor(`executors.${name}`, executors[name], check);
    else check.wrong("executors", name, wanted);
  }
}

function knownExecutor(key: string, given: unknown, check: SettingChecks): void {
  const { description, model, tools, ...settings } = check.record<ExecutorConfig>(
    `${key}.`,
    (given ?? null) as ExecutorConfig,
    EXECUTOR_KEYS,
  );
  const isText = typeof description === "string" && description.length <= LIMITS.specialistChars;
  if (description !== undefined && !isText)
    check.wrong(`${key}.description`, description, { is: "text", most: LIMITS.specialistChars });
  if (tools !== undefined && !isTexts(tools)) check.wrong(`${key}.tools`, tools, { is: "names" });
  knownRole(`${key}.model`, model, check);
  knownSettings(`${key}.`, settings, check);
}
