// Changes to the body of a request that servers ask for in their refusals. In: the words of a refusal, and a body. Out:
// the rule that the words ask for, and the body under the rules that are known of a server and model.
import { isObject, type Json, type JsonObject } from "../../plan/json.js";
import { asksFor, MESSAGE_RULES, type MessageRule } from "./message-rules.js";
import { wireSchema } from "./wire-schema.js";

export type BodyRule =
  | "no-stream-options"
  | "max-completion-tokens"
  | "no-strict"
  | "no-parallel-calls"
  | "effort-none"
  | "plain-tools"
  | "text-content"
  | "think-in-streams"
  | MessageRule
  | SettingRule;

/** A setting of a role is left out of each call (call-settings.ts). This works for packages, too. */
export type SettingRule = "no-top-p" | "no-seed" | "no-stop" | "no-effort";

type Body = JsonObject;

interface Rule {
  /** The words of a refusal that this rule answers. */
  readonly refusal: RegExp;
  readonly apply: (body: Body) => Body;
}

/** Google's words for a keyword of a schema that it does not know. */
const UNKNOWN_KEYWORD =
  /unknown name "(?:\$\w+|additionalProperties|exclusiveM\w+|propertyNames|const|multipleOf|patternProperties)"/i;

/** A message whose only content is calls has null as its text. Some servers and templates want a text. */
const NULL_CONTENT =
  /\bcontent\b.{0,80}(?:\bnull\b|\bnone\b|\bnil\b|non-?empty string|(?:must|should) be a (?:valid )?string|expected (?:a )?string)|NoneType/i;

const RULES: { readonly [R in Exclude<BodyRule, SettingRule | MessageRule>]: Rule } = {
  "no-stream-options": { refusal: /stream_options/, apply: (body) => without(body, "stream_options") },
  "max-completion-tokens": { refusal: /max_completion_tokens/, apply: renamedLimit },
  "no-parallel-calls": { refusal: /parallel_tool_calls/, apply: (body) => without(body, "parallel_tool_calls") },
  // A model that reasons by itself takes tools only without reasoning.
  "effort-none": {
    refusal: /reasoning_effort to ['"]?none/,
    apply: (body) => (Array.isArray(body["tools"]) ? { ...body, reasoning_effort: "none" } : body),
  },
  "plain-tools": { refusal: UNKNOWN_KEYWORD, apply: withPlainSchemas },
  "no-strict": { refusal: /['"`.]strict\b['"`]?.{0,40}(?:not|un|extra|invalid|permitted)/i, apply: withoutStrict },
  "text-content": { refusal: NULL_CONTENT, apply: withTexts },
  // A reply in one piece comes without thinking. This is a field of DashScope and of servers like it.
  "think-in-streams": {
    refusal: /enable[_ ]thinking\b.{0,60}(?:non-streaming|stream ?= ?`?false)/i,
    apply: (body) => (body["stream"] === true ? body : { ...body, enable_thinking: false }),
  },
};

type Setting = "topP" | "seed" | "stop" | "reasoningEffort";

interface SettingName {
  readonly setting: Setting;
  /** Its name in a refusal. `seed` and `stop` are words, too: they count only where they stand as names. */
  readonly refusal: RegExp;
}

const asName = (name: string): RegExp =>
  new RegExp(`['"\`.[]${name}\\b|\\b(?:parameter|field|argument|setting|option|supplied|input)s?:? ${name}\\b`, "i");

const SETTINGS: { readonly [R in SettingRule]: SettingName } = {
  "no-top-p": { setting: "topP", refusal: /\btop_?p\b/i },
  "no-seed": { setting: "seed", refusal: asName("(?:random_?)?seed") },
  "no-stop": { setting: "stop", refusal: asName("stop(?:_?sequences)?") },
  "no-effort": { setting: "reasoningEffort", refusal: /reasoning[_.]?effort|thinking_?(?:config|level|budget)/i },
};

/** The setting is known, and its value is not allowed: a person corrects it. */
const ABOUT_VALUE =
  /supported values|valid values|invalid value|does not support ['"`]|must be|should be|less than|greater than/i;

const SETTING_RULES = Object.keys(SETTINGS) as readonly SettingRule[];
const REQUEST_RULES = Object.keys(RULES) as readonly Exclude<BodyRule, SettingRule | MessageRule>[];

export const BODY_RULES: readonly BodyRule[] = [...REQUEST_RULES, ...SETTING_RULES, ...MESSAGE_RULES];

/** The rule that answers a refusal, if it is not followed yet. `set` holds the settings of the role. */
export function ruleFor(
  words: string,
  known: ReadonlySet<BodyRule>,
  set: { readonly [S in Setting]?: unknown } = {},
): BodyRule | undefined {
  const ofMessages = MESSAGE_RULES.find((rule) => !known.has(rule) && asksFor(rule, words));
  if (ofMessages !== undefined) return ofMessages;
  const ofRequest = REQUEST_RULES.find((rule) => !known.has(rule) && RULES[rule].refusal.test(words));
  if (ofRequest !== undefined || ABOUT_VALUE.test(words)) return ofRequest;
  return SETTING_RULES.find((rule) => {
    const { setting, refusal } = SETTINGS[rule];
    return !known.has(rule) && set[setting] !== undefined && refusal.test(words);
  });
}

/** The body under these rules. */
export function underRules(body: Body, rules: ReadonlySet<BodyRule>): Body {
  return REQUEST_RULES.filter((rule) => rules.has(rule)).reduce((changed, rule) => RULES[rule].apply(changed), body);
}

function without({ ...body }: { [field: string]: Json }, field: string): Body {
  delete body[field];
  return body;
}

function renamedLimit(body: Body): Body {
  const { max_tokens: most, ...rest } = body;
  return most === undefined ? body : { ...rest, max_completion_tokens: most };
}

function withTexts(body: Body): Body {
  const { messages } = body;
  if (!Array.isArray(messages)) return body;
  const texts = (messages as readonly Json[]).map((message) =>
    isObject(message) && message["content"] === null ? { ...message, content: "" } : message,
  );
  return { ...body, messages: texts };
}

function withoutStrict(body: Body): Body {
  const { response_format: format, tools } = body;
  const schema = isObject(format) ? format["json_schema"] : undefined;
  const plain = isObject(schema)
    ? { response_format: { ...(format as Body), json_schema: without(schema, "strict") } }
    : {};
  return { ...body, ...plain, ...(Array.isArray(tools) ? { tools: (tools as Json[]).map(withoutStrictTool) } : {}) };
}

const withoutStrictTool = (tool: Json): Json => withFunction(tool, (made) => without(made, "strict"));

/** Planloom checks replies and arguments against the whole schema in any case. */
function withPlainSchemas(body: Body): Body {
  const { tools, response_format: format } = body;
  const output = isObject(format) ? format["json_schema"] : undefined;
  const plain = isObject(output) && { json_schema: withPlain(output, "schema") };
  const changed = Array.isArray(tools) && {
    tools: (tools as Json[]).map((tool) => withFunction(tool, (made) => withPlain(made, "parameters"))),
  };
  return { ...body, ...changed, ...(plain && { response_format: { ...(format as Body), ...plain } }) };
}

function withPlain(body: Body, field: string): Body {
  const schema = body[field];
  return isObject(schema) ? { ...body, [field]: wireSchema(schema) } : body;
}

function withFunction(tool: Json, change: (made: Body) => Body): Json {
  return isObject(tool) && isObject(tool["function"]) ? { ...tool, function: change(tool["function"]) } : tool;
}
