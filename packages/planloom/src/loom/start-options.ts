// Validates the options that start a run: its goal, inputs, tags and id. In: the options as given, perhaps from
// JavaScript. Out: the values to record. The first event is not validated again.
import { beginning } from "../beginning.js";
import { PlanloomError } from "../words/planloom-error.js";
import { LIMITS } from "../limits.js";
import { settingInstead, wantsPerson } from "../plan/foreign-settings.js";
import { INPUT_TRUST, type InputTrust } from "../plan/label.js";
import { isObject, kindOf, type Json } from "../plan/json.js";
import { shownValue } from "./config-value.js";
import type { PlanMarks } from "../run/command.js";
import { strictJson } from "../tools/output.js";
import { KEYS } from "./config.js";
import { knownOptions } from "./known-options.js";

export type Inputs = { readonly [name: string]: Json };

const START_KEYS = {
  inputs: true,
  plan: true,
  trust: true,
  listener: true,
  runId: true,
  tags: true,
  context: true,
  stored: true,
  signal: true,
  messages: true,
  answer: true,
  settings: true,
  idempotencyKey: true,
  strategy: true,
  playbook: true,
  traceparent: true,
  tracestate: true,
};

/** What other libraries call these options. */
const FOREIGN: { readonly [name: string]: keyof typeof START_KEYS } = {
  ...{ input: "inputs", variables: "inputs" },
  ...{ abortSignal: "signal", history: "messages", metadata: "tags", labels: "tags", id: "runId" },
  ...{ schema: "answer", answerSchema: "answer", output: "answer", outputSchema: "answer", responseFormat: "answer" },
  ...{ key: "idempotencyKey", config: "settings", options: "settings" },
};

/** A setting among these options, or another name, would be a run without it. Throws CONFIG_INVALID. */
export function knownStartOptions(options: object): void {
  for (const [name, value] of Object.entries(options)) {
    const isKnown = value === undefined || Object.hasOwn(START_KEYS, name) || Object.hasOwn(FOREIGN, name);
    if (isKnown || !isSetting(name, value as Json)) continue;
    const write = `it in createLoom or agent, or under \`settings\`${ours(name, value as Json)}`;
    throw new PlanloomError("CONFIG_INVALID", {
      setting: name,
      problem: "misplaced",
      wanted: { is: "instead", write },
    });
  }
  knownOptions(options, Object.keys(START_KEYS), FOREIGN);
}

const isSetting = (name: string, value: Json): boolean =>
  Object.hasOwn(KEYS, name) || settingInstead(name, value) !== undefined || wantsPerson(name, value);

function ours(name: string, value: Json): string {
  const instead = Object.hasOwn(KEYS, name) ? "" : (settingInstead(name, value) ?? 'approval: "always"');
  return instead === "" ? "" : `, as ${instead}`;
}

/** The goal, unchanged. Throws GOAL_EMPTY, GOAL_NOT_TEXT, GOAL_TOO_LONG. */
export function soundGoal(goal: string | undefined): string {
  // The caller may be JavaScript.
  if (typeof goal !== "string" && goal !== undefined)
    throw new PlanloomError("GOAL_NOT_TEXT", { given: shownValue(goal) });
  if (goal === undefined || goal.trim() === "") throw new PlanloomError("GOAL_EMPTY", {});
  if (goal.length <= LIMITS.goalChars) return goal;
  throw new PlanloomError("GOAL_TOO_LONG", { chars: goal.length, limit: LIMITS.goalChars });
}

/** A copy, so that later changes do not affect the record. Throws INPUTS_NOT_JSON. */
export function soundInputs(inputs: Inputs): Inputs {
  const copy = strictJson(inputs);
  if (copy.ok && isObject(copy.value)) return copy.value;
  const problem = copy.ok ? ({ path: [], is: "type", type: kindOf(copy.value) } as const) : copy.problem;
  throw new PlanloomError("INPUTS_NOT_JSON", { problem });
}

/** What is known of the inputs. Throws TRUST_INVALID. */
export function soundTrust(
  trust: { readonly [input: string]: InputTrust },
  { given, all, author }: { readonly given: Inputs; readonly all: Inputs; readonly author: PlanMarks | undefined },
): { readonly [input: string]: InputTrust } {
  checkInputTrust(trust, all);
  const defaults = Object.keys(all).filter((name) => !Object.hasOwn(given, name));
  return { ...trustOfDefaults(defaults, author), ...trust };
}

/** Throws TRUST_INVALID. */
export function checkInputTrust(trust: { readonly [input: string]: InputTrust }, all: Inputs): void {
  const said = strictJson(trust);
  for (const [input, value] of Object.entries(said.ok && isObject(said.value) ? said.value : { "": "" })) {
    const known = Object.hasOwn(all, input) && (INPUT_TRUST as readonly unknown[]).includes(value);
    if (!known)
      throw new PlanloomError("TRUST_INVALID", {
        input,
        value: typeof value === "string" ? value : JSON.stringify(value),
        inputs: Object.keys(all),
      });
  }
}

/** Inputs that only the plan gives are its literals. */
export function trustOfDefaults(
  names: readonly string[],
  author: PlanMarks | undefined,
): { readonly [input: string]: InputTrust } {
  const trust = author?.afterUntrusted === undefined ? "public" : "untrusted";
  return Object.fromEntries(names.map((name) => [name, trust]));
}

/** The tags, each once and in the order given. Throws TAGS_INVALID. */
export function soundTags(given: readonly string[]): readonly string[] {
  const tags = [...new Set<unknown>(Array.isArray(given) ? given : [{ given }])];
  const limits = { tags: tags.length, limit: LIMITS.tags, chars: LIMITS.nameChars };
  if (tags.length > LIMITS.tags) throw new PlanloomError("TAGS_INVALID", limits);
  return tags.map((tag) => {
    if (typeof tag === "string" && tag.trim() !== "" && tag.length <= LIMITS.nameChars && !/[\p{Cc}\p{Cs}]/u.test(tag))
      return tag;
    const shown = typeof tag === "string" ? JSON.stringify(beginning(tag, 60)) : `of type ${typeof tag}`;
    throw new PlanloomError("TAGS_INVALID", { given: shown, ...limits });
  });
}

/**
 * A chosen run id, unchanged. Stores and addresses keep neither control characters nor halves of a character, and an
 * address loses "." and "..". Throws RUN_ID_INVALID.
 */
export function soundRunId(runId: string): string {
  const chars = typeof runId === "string" ? runId.length : 0;
  const params = { chars, limit: LIMITS.nameChars };
  if (chars === 0 || chars > LIMITS.nameChars || runId.trim() === "") throw new PlanloomError("RUN_ID_INVALID", params);
  if (!/[\p{Cc}\p{Cs}]|^\.{1,2}$/u.test(runId)) return runId;
  throw new PlanloomError("RUN_ID_INVALID", { ...params, given: JSON.stringify(beginning(runId, 60)) });
}

/** A copy of what a person answers, says a call returned, or expects as an answer. Throws VALUE_NOT_JSON. */
export function soundValue(value: Json, of: "answer" | "output" | "expected"): Json {
  const copy = strictJson(value);
  if (copy.ok) return copy.value;
  throw new PlanloomError("VALUE_NOT_JSON", { of, problem: copy.problem });
}

/** Throws AFTER_INVALID unless `after` is the number of an event, or 0; CONFIG_INVALID for an unknown option. */
export function soundFeed<T extends { readonly after?: number; readonly until?: string }>(options: T): T {
  knownOptions(options, FEED_KEYS, { abortSignal: "signal", fromSeq: "after" });
  const { after = 0 } = options;
  if (Number.isSafeInteger(after) && after >= 0) return options;
  throw new PlanloomError("AFTER_INVALID", { given: shownValue(after) });
}

const FEED_KEYS = ["after", "until", "signal", "threadId", "runId"];
