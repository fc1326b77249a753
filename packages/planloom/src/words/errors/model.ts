// Words for errors of models and their servers. `text` is what the server itself said, in one line and without keys.
import { isNearHost } from "../../near-host.js";
import { byCase } from "../by-case.js";
import { keyVariableAt, keyVariableFor } from "../key-variables.js";
import type { Sentence } from "../action.js";
import type { ErrorTable } from "../error-words.js";

type Role = "planner" | "executor" | "synthesizer";

/** The model that failed. A model of the port has no role and no address. */
export interface ModelTarget {
  readonly model: string;
  readonly role?: Role;
  /** host:port/path, or the name of a provider. */
  readonly label?: string;
}

/** A server that answered. `status` is absent where a package of the AI SDK refused the request before it was sent. */
type Answered = ModelTarget & { readonly status?: number; readonly text?: string };

/**
 * What a refusal is about, where its words say so. not-loaded: the server has the model, or no model at all, loaded.
 * path: the address is not the root of an API. filter: the server lets the request not pass for what it says. setting:
 * the value of a setting.
 */
export type RefusalSubject =
  "quota" | "length" | "not-loaded" | "model" | "path" | "key" | "tools" | "filter" | "setting";

/** `code` is the text of the system or the connection. */
type TimedOut =
  /** no-reply: in all. no-sign: without a piece of the reply. */
  | { readonly problem: "no-reply" | "no-sign"; readonly timeoutMs: number }
  | { readonly problem: "silent"; readonly reason: string }
  | { readonly problem: "status"; readonly status: number; readonly text?: string };

type Failed =
  | { readonly problem: "status"; readonly status: number; readonly text?: string }
  | { readonly problem: "cut"; readonly reason: string }
  | { readonly problem: "unreadable"; readonly text?: string }
  /** The output limit was used up, for example by reasoning, before anything was written. */
  | { readonly problem: "no-room" }
  /** The implementation of the port gave something that is not a reply. */
  | { readonly problem: "not-a-reply" };

/** The form that the value of a setting must have. */
export type SettingForm = keyof typeof FORMS;

/** `role` is absent if the setting is a variable. */
type BadSetting =
  /** The value is not allowed. */
  | { readonly role?: Role; readonly setting: string; readonly wanted: SettingForm }
  /** What it is for: OpenAI-compatible servers (default), packages of the AI SDK, packages that have such an option. */
  | { readonly role: Role; readonly setting: string; readonly only?: "package" | "options" };

type UnknownProvider = { readonly role: Role; readonly model: string } &
  /** `install` is absent if the package is installed. */
  (
    | { readonly use: string; readonly install?: string }
    /** A server that needs no package: its usual address. */
    | { readonly use: string; readonly address: string }
  );

const FORMS = {
  "header-value": "a text in one line, without signs that no header can have, such as … or “",
  "header-text": 'a JSON record of texts, as in {"Name": "value"}, or lines of the form Name: value',
  headers: "a record of texts in one line by names of headers, without signs such as … or “",
  texts: "a record of texts",
  fields: "a record of JSON values",
  options: 'a record of records by names of packages, as in { "anthropic": { "effort": "low" } }',
  temperature: "a number from 0 to 2",
  share: "a number above 0, at most 1",
  whole: "a whole number",
  count: "a whole number from 1 to 1000000000000",
  time: "milliseconds, from 1 to 315360000000 (ten years)",
  stops: "a list of at most 16 texts that are not empty",
  effort: "one of none, minimal, low, medium, high, xhigh and max",
  text: "a text",
} as const;

export const formText = (form: SettingForm): string => FORMS[form];

export interface ModelErrors {
  /** The function that chooses the model of a role threw. */
  MODEL_FUNCTION_FAILED: { readonly role: string; readonly reason: string };
  /** `role` is absent if no role has a model that can be tried. */
  MODEL_NOT_SET: { readonly role?: Role };
  /** `use` is the name with the provider that has it, if that is known. */
  MODEL_NO_ENDPOINT: { readonly role: Role; readonly model: string; readonly use?: string; readonly install?: string };
  /** `setting`: the setting, variable or flag that holds it. `write`: the address that is meant, if that is known. */
  MODEL_BAD_ENDPOINT: {
    readonly url: string;
    readonly problem: "not-http" | "credentials";
    readonly role?: Role;
    readonly setting?: string;
    readonly write?: string;
  };
  MODEL_BAD_SETTING: BadSetting;
  /** The name before the colon or slash is not one of a provider. */
  MODEL_UNKNOWN_PROVIDER: UnknownProvider;
  /** `package` is absent for a model that was given as an object. */
  MODEL_UNSUPPORTED: { readonly package?: string; readonly install: string };
  /** `reason`: why a package that is installed cannot be loaded. */
  PROVIDER_NOT_INSTALLED: {
    readonly model: string;
    readonly package: string;
    readonly install: string;
    readonly reason?: string;
  };
  PROVIDER_UNREACHABLE: ModelTarget & { readonly reason: string };
  PROVIDER_UNAUTHORIZED: Answered;
  PROVIDER_RATE_LIMITED: Answered;
  PROVIDER_TIMEOUT: ModelTarget & TimedOut;
  /** `setting` is a setting of the role. */
  PROVIDER_REFUSED: Answered & { readonly about?: RefusalSubject; readonly setting?: string };
  PROVIDER_FAILED: ModelTarget & Failed;
}

const tryLater = (): Sentence => ["Try again. If it keeps failing, look into the server's log."];

export const MODEL_ERRORS: ErrorTable<ModelErrors> = {
  MODEL_FUNCTION_FAILED: {
    kind: "config",
    retryable: true,
    message: ({ role, reason }) =>
      `The function that chooses the model of the ${role} failed: ${reason.replace(/[.\s]+$/, "")}.`,
    next: ({ role }) => ["Remove the cause, or name a model for the ", role, ": ", { action: "set-model" }, "."],
  },
  MODEL_NOT_SET: {
    kind: "config",
    message: ({ role }) =>
      role === undefined ? "No model is set that can be tried." : `No model is set for the ${role}.`,
    next: ({ role }) =>
      role === undefined
        ? [
            "Name a model with ",
            { action: "set-model" },
            ", set PLANLOOM_MODEL and PLANLOOM_BASE_URL (or OPENAI_API_KEY), or give the name of a model.",
          ]
        : [`Set ${variable(role, "_MODEL")}, or name a model with `, { action: "set-model", role }, "."],
  },
  MODEL_NO_ENDPOINT: {
    kind: "config",
    message: ({ role, model }) => `The ${role}'s model ${model} has no base URL.`,
    next: ({ use, install }) => {
      const server = "set PLANLOOM_BASE_URL to the server that has it, for example to http://localhost:8000/v1.";
      if (use === undefined)
        return [
          `${server.replace("set", "Set")} For a model of OpenAI set OPENAI_API_KEY. A provider's package is named ` +
            "before the model, as in anthropic:claude-opus-4-6 (with its key in ANTHROPIC_API_KEY).",
        ];
      const openai = use.startsWith("openai:");
      const name = `${openai ? "For a model of OpenAI set OPENAI_API_KEY. Or name" : "Name"} the model ${use}`;
      const key = openai ? "" : keyAdvice(use);
      if (install === undefined) return [`${name}${key}. Or ${server}`];
      return [
        `${name}, and install its package with `,
        { action: "install", package: install },
        `${key}. Or ${server}`,
      ];
    },
  },
  MODEL_BAD_ENDPOINT: {
    kind: "config",
    message: ({ url, problem, role, setting }) => {
      const from = [
        ...(role === undefined ? [] : [`of the ${role}`]),
        ...(setting === undefined ? [] : [`in ${setting}`]),
      ];
      const base = ["The base URL", url, ...(from.length === 0 ? [] : [`(${from.join(", ")})`])].join(" ");
      return problem === "credentials"
        ? `${base} holds a user name or password.`
        : `${base} is not an http or https address.`;
    },
    next: ({ problem, write }) => {
      if (problem === "credentials")
        return ["Give an address such as http://localhost:8000/v1, and the key as apiKey."];
      if (write !== undefined) return [`Write ${write}. An address begins with http:// or https://.`];
      return ["Give an address such as http://localhost:8000/v1."];
    },
  },
  MODEL_BAD_SETTING: {
    kind: "config",
    message: (params) => {
      const { role, setting } = params;
      const of = role === undefined ? `\`${setting}\`` : `\`${setting}\` of the ${role}`;
      if ("wanted" in params) return `${of} has a value that is not allowed.`;
      if (params.only === "options") return `${of} cannot be used: the package of its model has no such option.`;
      const from = params.only === "package" ? "a package of the AI SDK" : "an OpenAI-compatible server";
      return `${of} cannot be used: its model does not come from ${from}.`;
    },
    next: (params) => {
      const { setting } = params;
      if ("wanted" in params) return [`Make \`${setting}\` ${FORMS[params.wanted]}.`];
      if (params.only === "options") return ["Give the option that the package has as `providerOptions`."];
      if (params.only === "package")
        return [
          `Give the fields of the request as \`body\`, or name a model of a package, as in anthropic:claude-haiku-4-5.`,
        ];
      return [`Give \`${setting}\` to the model or provider itself, or name a model of an OpenAI-compatible server.`];
    },
  },
  MODEL_UNKNOWN_PROVIDER: {
    kind: "config",
    message: ({ role, model, use }) =>
      `The ${role}'s model ${model} names no provider of the AI SDK. The name ${use} is meant, it seems.`,
    next: (params) => {
      const { role, use } = params;
      if ("address" in params)
        return [`Name the model ${use}, and set ${variable(role, "_BASE_URL")} to ${params.address}.`];
      if (params.install === undefined) return [`Name the model ${use}${keyAdvice(use)}.`];
      return [
        `Name the model ${use}, and install its package with `,
        { action: "install", package: params.install },
        `${keyAdvice(use)}.`,
      ];
    },
  },
  MODEL_UNSUPPORTED: {
    kind: "config",
    message: ({ package: name = "The model given as an object" }) =>
      `${name} offers no model of the AI SDK's specification v2, v3 or v4. Planloom calls only these.`,
    next: ({ install }) => [
      "Install a release for AI SDK 6 or 7, for example with ",
      { action: "install", package: install },
      ".",
    ],
  },
  PROVIDER_NOT_INSTALLED: {
    kind: "provider",
    message: ({ model, package: name, reason }) =>
      `The model ${model} needs the package ${name}, which ${reason === undefined ? "is not installed." : `cannot be loaded: ${reason}`}`,
    next: ({ install, reason, model }) => [
      reason === undefined ? "Install it with " : "Install it anew, with all that it needs: ",
      { action: "install", package: install },
      `${keyAdvice(model)}.`,
    ],
  },
  PROVIDER_UNREACHABLE: {
    kind: "provider",
    message: (params) => `${targetText(params)} cannot be reached: ${REACHED[params.reason] ?? params.reason}.`,
    next: (params) => {
      const { role, label } = params;
      const address = `${variable(role, "_BASE_URL")}`;
      if (!isHosted(params)) return [`Start the server, or set ${address} to its address.`];
      return [
        `Check that this machine can reach ${ofPackage(params) ? "the provider" : hostOf(label)}: its network, DNS, ` +
          `firewall, VPN and proxy.${ofPackage(params) ? "" : ` If the address is wrong, correct ${address}.`}`,
      ];
    },
  },
  PROVIDER_UNAUTHORIZED: {
    kind: "provider",
    message: (params) =>
      params.status === undefined ? `${targetText(params)} needs a key${said(params.text)}` : answeredText(params),
    next: (params) => {
      const { role, status } = params;
      if (status === undefined) return [`Set ${keyVariable(params)}.`];
      if (status === 403)
        return [
          `Do what the server says. It may want a key for this model in ${keyVariable(params)}, or a header in ` +
            `${variable(role, "_HEADERS")}.`,
        ];
      return REMEDIES.key(params);
    },
  },
  PROVIDER_RATE_LIMITED: {
    kind: "provider",
    retryable: true,
    message: answeredText,
    next: () => ["Wait, lower ", { action: "set", setting: "concurrency" }, ", or raise the limit with the provider."],
  },
  PROVIDER_TIMEOUT: {
    kind: "provider",
    retryable: true,
    message: byCase("problem", {
      "no-reply": (params) => `${targetText(params)} gave no complete reply within ${params.timeoutMs} ms.`,
      "no-sign": (params) => `${targetText(params)} sent nothing within ${params.timeoutMs} ms.`,
      silent: (params) => `${targetText(params)} sent nothing for too long (${params.reason}).`,
      status: (params) => answeredText(params),
    }),
    next: ({ role, problem }) => [
      problem === "no-reply" || problem === "no-sign"
        ? `Try again, raise the ${role ?? "role"}'s ${problem === "no-sign" ? "timeout" : "totalTimeout"}, or use a faster model.`
        : "Try again, or use a faster model.",
    ],
  },
  PROVIDER_REFUSED: {
    kind: "provider",
    message: (params) => {
      if (params.about === "quota")
        return `The account at ${targetText(params)} has no credit or no quota left${said(answerIn(params))}`;
      return params.status === undefined
        ? `${targetText(params)} does not support the request${said(params.text)}`
        : answeredText(params);
    },
    next: (params) => {
      const { role, status, about, setting } = params;
      if (setting !== undefined)
        return [
          "Change ",
          { action: "set", setting: `models.${role ?? "default"}.${setting}` },
          " as the server says.",
        ];
      if (about !== undefined) return REMEDIES[about](params);
      return [
        status === 404
          ? `Check the model's name, and that ${variable(role, "_BASE_URL")} is the root of the API${ofPackage(params) ? ", if it is set." : ". It usually ends in /v1."}`
          : "Change the request or the model as the server says.",
      ];
    },
  },
  PROVIDER_FAILED: {
    kind: "provider",
    retryable: true,
    message: byCase("problem", {
      cut: (params) => `${targetText(params)} ended the connection before the reply was complete (${params.reason}).`,
      unreadable: (params) => `${targetText(params)} sent a reply that cannot be read${said(params.text)}`,
      "no-room": (params) => `${targetText(params)} used up its output limit before it wrote a reply.`,
      "not-a-reply": (params) => `${targetText(params)} gave something that is not a reply.`,
      status: (params) => answeredText(params),
    }),
    next: byCase("problem", {
      unreadable: ({ role }) => [
        `Check that ${variable(role, "_BASE_URL")} is the root of an OpenAI-compatible API. It usually ends in /v1.`,
      ],
      "no-room": ({ role = "default" }) => [
        "Raise ",
        { action: "set", setting: `models.${role}.maxOutputTokens` },
        ", let the model reason less, or use another model.",
      ],
      "not-a-reply": () => [
        "Correct the program behind the model. A reply has `text`, `toolCalls`, `usage` and `finish`.",
      ],
      status: tryLater,
      cut: tryLater,
    }),
  },
};

const hostOf = (label = ""): string => label.replace(/[/].*$/, "").replace(/:\d+$/, "");

/** Whether others run the server: it is neither on this machine nor in a private network. */
const isHosted = (target: ModelTarget): boolean =>
  ofPackage(target) || (target.label !== undefined && !isNearHost(hostOf(target.label)));

/** Whether the model comes from a package of the AI SDK. */
const ofPackage = ({ label }: ModelTarget): boolean => label?.startsWith("@ai-sdk/") === true;

/** The variables that a key can be set in: the provider's own first, because most people have that. */
function keyVariable(target: ModelTarget): string {
  const own = keyVariableAt(target.label) ?? (ofPackage(target) ? "the provider's own variable" : undefined);
  const ours = variable(target.role, "_API_KEY");
  return own === undefined ? ours : `${own} (or ${ours})`;
}

/** For a model with its provider's name before it. */
function keyAdvice(model: string): string {
  const own = keyVariableFor(model);
  return own === undefined ? "" : `, and set ${own}`;
}

const REMEDIES: { readonly [S in RefusalSubject]: (target: ModelTarget) => Sentence } = {
  quota: ({ role }) => [
    `Add credit or raise the quota with the provider, or set ${variable(role, "_MODEL")} to a model of another one.`,
  ],
  length: ({ role }) => [
    `Give the step or the goal less text, or set ${variable(role, "_MODEL")} to a model with a larger context, or raise the server's.`,
  ],
  tools: ({ role }) => [
    `Set ${variable(role, "_MODEL")} to a model that can call tools, or give the agent steps no tools.`,
  ],
  "not-loaded": () => ["Load the model on the server first, then try again."],
  model: ({ role }) => [
    `Correct the model's name in ${variable(role, "_MODEL")} or in the configuration: this server does not know it.`,
  ],
  path: ({ role }) => [`Set ${variable(role, "_BASE_URL")} to the root of the API. It usually ends in /v1.`],
  key: (target) => [`Set ${keyVariable(target)} to a key that this server accepts.`],
  filter: ({ role }) => [
    `Change the goal or the inputs, change the filter with the provider, or set ${variable(role, "_MODEL")} to another model.`,
  ],
  setting: () => ["Change the setting of the role that the server names."],
};

/** Texts of the platform that say too little. */
const REACHED: { readonly [reason: string]: string } = {
  "bad port": "bad port (this platform does not connect to it)",
};

/** The variable of a role, and the one of all roles: most people set that. */
const variable = (role: Role | undefined, name: `_${string}`): string =>
  role === undefined ? `PLANLOOM${name}` : `PLANLOOM${name} or PLANLOOM_${role.toUpperCase()}${name}`;

function targetText({ model, role, label }: ModelTarget): string {
  if (label === undefined) return `The model ${model}`;
  return `${label} (${role === undefined ? "" : `${role} `}model ${model})`;
}

const said = (text = ""): string => (text === "" ? "." : `: ${text}`);

const answerIn = ({ status, text = "" }: Answered): string =>
  [...(status === undefined ? [] : [`it answered ${status}`]), ...(text === "" ? [] : [text])].join(": ");

function answeredText(params: Answered): string {
  const { status, text } = params;
  return `${targetText(params)} answered${status === undefined ? "" : ` ${status}`}${said(text)}`;
}
