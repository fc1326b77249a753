// The settings of other agent programs, and ours that mean the same. In: a setting, a field, a flag or a value as others
// name it. Out: what to write instead. Nothing is translated silently: a person reads it and writes it.
import { DURATION_PATTERN, durationMs } from "./duration.js";
import type { Json } from "./json.js";

/** What to write instead; "" if the field has no meaning here and can be left out. */
type Equivalent = (value: Json | undefined) => string;

const CHARS = 80;

/** A short plain value as it is written; else a placeholder. */
function written(value: Json | undefined, placeholder: string): string {
  if (value === undefined || (typeof value === "object" && value !== null)) return placeholder;
  const text = JSON.stringify(value);
  return text.length > CHARS ? placeholder : text;
}

const count = (value: Json | undefined, more = 0): string =>
  typeof value === "number" && Number.isSafeInteger(value) ? String(value + more) : "N";

/** `24h` in ms. A number has no unit, so it stays open. */
const milliseconds = (value: Json | undefined): string =>
  typeof value === "string" && DURATION_PATTERN.test(value) ? String(Math.round(durationMs(value))) : "MILLISECONDS";

const model =
  (role: string): Equivalent =>
  (value) =>
    `models: { ${role}: ${written(value, '"NAME"')} }`;

const endpoint =
  (field: string, shown: Equivalent): Equivalent =>
  (value) =>
    `models: { default: { model: "NAME", ${field}: ${shown(value)} } }`;

/** Keyed by the name without case, `_` and `-`. */
const SETTINGS: { readonly [name: string]: Equivalent } = {
  requireapproval: (value) => (value === false ? 'approval: "never"' : 'approval: "always"'),
  humanintheloop: (value) => (value === false ? 'approval: "never"' : 'approval: "always"'),
  enablereplanning: (value) => (value === false ? 'replan: "never"' : 'replan: "on-failure"'),
  allowreplanning: (value) => (value === false ? 'replan: "never"' : 'replan: "on-failure"'),
  dynamicreplanning: (value) => (value === false ? 'replan: "on-failure"' : 'replan: "each-step"'),
  maxreplanattempts: (value) => `limits: { replans: ${count(value)} }`,
  maxreplans: (value) => `limits: { replans: ${count(value)} }`,
  maxiterations: (value) => `limits: { turns: ${count(value)} }`,
  maxturns: (value) => `limits: { turns: ${count(value)} }`,
  maxsteps: (value) => `limits: { steps: ${count(value)} }`,
  maxworkers: (value) => `concurrency: ${count(value)}`,
  maxparallel: (value) => `concurrency: ${count(value)}`,
  maxconcurrency: (value) => `concurrency: ${count(value)}`,
  timeout: (value) => `limits: { approvalMs: ${milliseconds(value)} }`,
  approvaltimeout: (value) => `limits: { approvalMs: ${milliseconds(value)} }`,
  maxretries: (value) => `retry: { attempts: ${count(value, 1)} } in each step of a plan`,
  plannermodel: model("planner"),
  executormodel: model("executor"),
  synthesizermodel: model("synthesizer"),
  model: model("default"),
  baseurl: endpoint("baseURL", (value) => written(value, '"URL"')),
  apibase: endpoint("baseURL", (value) => written(value, '"URL"')),
  // A key is never repeated.
  apikey: endpoint("apiKey", () => "process.env.NAME"),
  temperature: endpoint("temperature", (value) => written(value, "N")),
  maxtokens: endpoint("maxOutputTokens", (value) => written(value, "N")),
  // Its addresses and variables may hold keys.
  mcpservers: () => "mcp: { NAME: { command, args } }",
  pattern: () => "",
  strategy: () => "",
  responseformat: () => "",
  toolchoice: () => "",
};

/** Fields of a model in the configuration. */
const MODEL_FIELDS: { readonly [name: string]: Equivalent } = {
  maxtokens: (value) => `maxOutputTokens: ${count(value)}`,
  maxcompletiontokens: (value) => `maxOutputTokens: ${count(value)}`,
  baseurl: (value) => `baseURL: ${written(value, '"URL"')}`,
  apibase: (value) => `baseURL: ${written(value, '"URL"')}`,
  apikey: () => "apiKey: process.env.NAME",
  name: (value) => `model: ${written(value, '"NAME"')}`,
  responseformat: () => "",
  toolchoice: () => "",
};

const RESPONSES: { readonly [value: string]: string } = {
  failfast: "fail",
  abort: "fail",
  localpatch: "patch",
  fullreplan: "replan",
  replanning: "replan",
  skipandcontinue: "skip",
};

/** Keyed by the setting, then by the value without case, `_` and `-`. */
const VALUES: { readonly [setting: string]: { readonly [value: string]: string } } = {
  approval: { true: "always", false: "never", required: "always", plan: "always", none: "never" },
  replan: { true: "on-failure", false: "never", static: "never", dynamic: "each-step" },
  onFailure: RESPONSES,
};

/** Flags of the command line. The first word is the flag. */
const FLAGS: { readonly [name: string]: string } = {
  requireapproval: "--approval always",
  humanintheloop: "--approval always",
  enablereplanning: "--replan on-failure",
  allowreplanning: "--replan on-failure",
  dynamicreplanning: "--replan each-step",
  maxreplanattempts: "--max-replans N",
  timeout: "--approval-timeout 24h",
  maxworkers: "--concurrency N",
  maxparallel: "--concurrency N",
  maxconcurrency: "--concurrency N",
  feedback: "-m TEXT",
  comment: "-m TEXT",
  planner: "--planner-model NAME",
  executor: "--executor-model NAME",
  synthesizer: "--synthesizer-model NAME",
};

const REPEAT = 'repeat: { until: "${{ ... }}", most: N }';

const STEP_FIELDS: { readonly [name: string]: Equivalent } = {
  requireapproval: (value) => (value === false ? "" : 'approval: "required"'),
  requiresapproval: (value) => (value === false ? "" : 'approval: "required"'),
  needsapproval: (value) => (value === false ? "" : 'approval: "required"'),
  maxretries: (value) => `retry: { attempts: ${count(value, 1)} }`,
  retries: (value) => `retry: { attempts: ${count(value, 1)} }`,
  until: () => REPEAT,
  loop: () => REPEAT,
  maxrounds: () => REPEAT,
  while: () => `${REPEAT}, where until is the opposite`,
  critical: (value) => (value === false ? "optional: true" : ""),
  iscritical: (value) => (value === false ? "optional: true" : ""),
  executormodel: (value) => `model: ${written(value, '"NAME"')}`,
  // The arguments of a call without their names, which only the tool knows.
  args: () => "with: { NAME: VALUE }, with the name of each argument",
};

/** What to write in a definition of a tool. The value may be anything that a program holds. */
type ToolEquivalent = (value: unknown) => string;

const required: ToolEquivalent = (value) => (value === false ? "" : 'approval: "required"');
const run: ToolEquivalent = () => "run(args, context)";
const input: ToolEquivalent = () => "input: a zod schema or a JSON Schema of the arguments";
const output: ToolEquivalent = () => "output: a zod schema or a JSON Schema of the result";
const retry: ToolEquivalent = (value) =>
  `retry: { attempts: ${typeof value === "number" && Number.isSafeInteger(value) ? value + 1 : "N"} } in the steps of a plan`;
const seconds: ToolEquivalent = (value) => `timeout: ${typeof value === "number" ? `"${value}s"` : '"30s"'}`;
const millis: ToolEquivalent = (value) => `timeout: ${typeof value === "number" ? value : '"30s"'}`;
/** The effect class: if the mark is true, and if it is false. */
const effects =
  (yes: string, no: string): ToolEquivalent =>
  (value) =>
    `effects: "${value === false ? no : yes}"`;
const same =
  (text: string): ToolEquivalent =>
  () =>
    text;

/** Rows of the table: the names of others, and what means the same. */
const rows = (names: string, write: ToolEquivalent): readonly (readonly [string, ToolEquivalent])[] =>
  names.split(" ").map((name) => [name, write] as const);

const TOOL_KEYS: ReadonlyMap<string, ToolEquivalent> = new Map([
  ...rows("needsapproval requireapproval requiresapproval approvalrequired requireconfirmation confirm", required),
  ...rows("requiresconfirmation needsconfirmation humanintheloop hitl interrupt dangerous sensitive", required),
  ...rows("requirehumanapproval alwaysask ask permission confirmation", required),
  ...rows("autoapprove", (value) => (value === true ? "" : 'approval: "required"')),
  ...rows("execute handler func function fn call invoke callback implementation action exec onexecute handle", run),
  ...rows("method", run),
  ...rows("parameters inputschema schema args argsschema arguments params paramsschema inputs argschema", input),
  ...rows("jsonschema parametersschema", input),
  ...rows("outputschema returns result resultschema responseschema returntype outputs outputtype", output),
  ...rows("retries maxretries retry maxattempts attempts retrypolicy", retry),
  ...rows("timeoutms timeoutmillis timelimit timeoutmilliseconds deadline", millis),
  ...rows("timeoutseconds timeoutsec timeoutsecs timeouts maxduration", seconds),
  ...rows("readonly isreadonly readonlyhint pure safe", effects("none", "once")),
  ...rows("sideeffects sideeffect hassideeffects destructive mutates writes effect", effects("once", "none")),
  ...rows("idempotent isidempotent idempotenthint", effects("idempotent", "once")),
  ...rows("effectclass annotations", same('effects: "none", "idempotent" or "once"')),
  ...rows("network external openworld", same("egress: true")),
  ...rows("trust", same("trusted: true")),
  ...rows("hosts allowhosts alloweddomains", same("reach: { hosts: [...] }")),
  ...rows("roots folders", same("reach: { roots: [...] }")),
  ...rows("secrets env", same("secrets: { NAME } in the configuration")),
  ...rows("idempotencykey", same("nothing: run gets the key of the call as context.key")),
  ...rows("concurrency maxconcurrency", same("concurrency in the configuration")),
  ...rows("maxparallel", same("maxParallel in the steps of a plan")),
  ...rows("onfailure onerror", same("onFailure in the steps of a plan")),
  ...rows("optional", same("optional: true in the steps of a plan")),
  ...rows("desc instructions", same("description")),
  ...rows("toolname id", same("name")),
  ...rows("label", same("summary(output)")),
  ...rows("title strict type displayname", same("")),
]);

const plain = (field: string): string =>
  field
    .slice(0, CHARS)
    .replace(/[\s_-]/g, "")
    .toLowerCase();

/** Whether a field asks that a person approves, under any of its usual names. `approval` is a name of ours. */
export function wantsPerson(field: string, value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === "" || typeof value === "function")
    return false;
  return /approval|humanin|confirmation|humanreview|^confirm$/.test(plain(field));
}

const find =
  (table: { readonly [name: string]: Equivalent }) =>
  (field: string, value: Json | undefined): string | undefined => {
    const name = plain(field);
    return Object.hasOwn(table, name) ? table[name]!(value) : undefined;
  };

/** The setting of our configuration that means the same; undefined if the field is not known. */
export const settingInstead = find(SETTINGS);

/** A setting of ours in a plan, as the configuration has it. A plan holds none. */
export const ownSetting = (field: string, value: Json | undefined): string | undefined =>
  OWN.has(field) ? `${field}: ${written(value, "{ ... }")}` : undefined;

const OWN: ReadonlySet<string> = new Set([
  ...["onFailure", "approval", "attended", "eager", "replan", "concurrency", "budget", "limits"],
  ...["models", "builtins", "mcp"],
]);

/** The same for a field of a model in the configuration. */
export const modelFieldInstead = find(MODEL_FIELDS);

/** The same for a flag of the command line, with its value. */
export function flagInstead(flag: string): string | undefined {
  const name = plain(flag);
  return Object.hasOwn(FLAGS, name) ? FLAGS[name] : undefined;
}

/** The setting with the value that means the same; undefined if the value is not known. */
export function valueInstead(setting: string, value: unknown): string | undefined {
  const name = setting.slice(setting.lastIndexOf(".") + 1);
  if (name.endsWith("Ms")) {
    const isTime = typeof value === "string" && DURATION_PATTERN.test(value);
    return isTime ? `${name}: ${milliseconds(value)}` : undefined;
  }
  const values = Object.hasOwn(VALUES, name) ? VALUES[name]! : {};
  const key = typeof value === "string" || typeof value === "boolean" ? plain(String(value)) : "";
  return Object.hasOwn(values, key) ? `${name}: ${JSON.stringify(values[key])}` : undefined;
}

/** The field of our step that means the same; undefined if the field is not known. */
export const stepFieldInstead = find(STEP_FIELDS);

/** The key of a tool's definition that means the same; "" if it can be left out; undefined if the key is not known. */
export const toolKeyInstead = (key: string, value: unknown): string | undefined => TOOL_KEYS.get(plain(key))?.(value);
