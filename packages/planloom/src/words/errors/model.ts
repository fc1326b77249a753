// Words for errors of models and their servers. `text` is what the server itself said, in one line and without keys.
import { byCase } from "../by-case.js";
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
 * path: the address is not the root of an API.
 */
export type RefusalSubject = "quota" | "length" | "not-loaded" | "model" | "path" | "key";

/** `code` is the text of the system or the connection. */
type TimedOut =
  | { readonly problem: "no-reply"; readonly timeoutMs: number }
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

export interface ModelErrors {
  /** `role` is absent if no role has a model that can be tried. */
  MODEL_NOT_SET: { readonly role?: Role };
  MODEL_NO_ENDPOINT: { readonly role: Role; readonly model: string };
  MODEL_BAD_ENDPOINT: { readonly url: string; readonly problem: "not-http" | "credentials" };
  /** The setting is for OpenAI-compatible servers, and the role's model is another one. */
  MODEL_BAD_SETTING: { readonly role: Role; readonly setting: string };
  /** `package` is absent for a model that was given as an object. */
  MODEL_UNSUPPORTED: { readonly package?: string; readonly install: string };
  PROVIDER_NOT_INSTALLED: { readonly model: string; readonly package: string; readonly install: string };
  PROVIDER_UNREACHABLE: ModelTarget & { readonly reason: string };
  PROVIDER_UNAUTHORIZED: Answered;
  PROVIDER_RATE_LIMITED: Answered;
  PROVIDER_TIMEOUT: ModelTarget & TimedOut;
  PROVIDER_REFUSED: Answered & { readonly about?: RefusalSubject };
  PROVIDER_FAILED: ModelTarget & Failed;
}

const tryLater = (): Sentence => ["Try again. If it keeps failing, look into the server's log."];

export const MODEL_ERRORS: ErrorTable<ModelErrors> = {
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
        : [`Set PLANLOOM_MODEL or ${variable(role)}_MODEL, or name a model with `, { action: "set-model", role }, "."],
  },
  MODEL_NO_ENDPOINT: {
    kind: "config",
    message: ({ role, model }) => `The ${role}'s model ${model} has no base URL.`,
    next: ({ model }) => [
      "For a model of OpenAI set OPENAI_API_KEY. For another server set PLANLOOM_BASE_URL, for example to " +
        `http://localhost:8000/v1. Or name the model with its installed provider, as in openai:${model}.`,
    ],
  },
  MODEL_BAD_ENDPOINT: {
    kind: "config",
    message: ({ url, problem }) =>
      problem === "credentials"
        ? `The base URL ${url} holds a user name or password.`
        : `The base URL ${url} is not an http or https address.`,
    next: ({ problem }) => [
      problem === "credentials"
        ? "Give an address such as http://localhost:8000/v1, and the key as apiKey."
        : "Give an address such as http://localhost:8000/v1.",
    ],
  },
  MODEL_BAD_SETTING: {
    kind: "config",
    message: ({ role, setting }) =>
      `\`${setting}\` of the ${role} cannot be used: its model does not come from an OpenAI-compatible server.`,
    next: ({ setting }) => [
      `Give \`${setting}\` to the model or provider itself, or name a model of an OpenAI-compatible server.`,
    ],
  },
  MODEL_UNSUPPORTED: {
    kind: "config",
    message: ({ package: name = "The model given as an object" }) =>
      `${name} offers no model of the AI SDK's specification v2 or v3. Planloom calls only these.`,
    next: ({ install }) => ["Install the release for AI SDK 6 with ", { action: "install", package: install }, "."],
  },
  PROVIDER_NOT_INSTALLED: {
    kind: "provider",
    message: ({ model, package: name }) => `The model ${model} needs the package ${name}, which is not installed.`,
    next: ({ install }) => ["Install it with ", { action: "install", package: install }, "."],
  },
  PROVIDER_UNREACHABLE: {
    kind: "provider",
    message: (params) => `${targetText(params)} cannot be reached: ${REACHED[params.reason] ?? params.reason}.`,
    next: ({ role }) => [`Start the server, or set ${variable(role)}_BASE_URL to its address.`],
  },
  PROVIDER_UNAUTHORIZED: {
    kind: "provider",
    message: (params) =>
      params.status === undefined ? `${targetText(params)} needs a key${said(params.text)}` : answeredText(params),
    next: ({ role, status }) =>
      status === undefined
        ? [`Set ${variable(role)}_API_KEY, or the provider's own variable.`]
        : [`Set ${variable(role)}_API_KEY to a key that this server accepts.`],
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
      silent: (params) => `${targetText(params)} sent nothing for too long (${params.reason}).`,
      status: (params) => answeredText(params),
    }),
    next: ({ role, problem }) => [
      problem === "no-reply"
        ? `Try again, raise the ${role === undefined ? "role" : role}'s timeout, or use a faster model.`
        : "Try again, or use a faster model.",
    ],
  },
  PROVIDER_REFUSED: {
    kind: "provider",
    message: (params) =>
      params.status === undefined
        ? `${targetText(params)} does not support the request${said(params.text)}`
        : answeredText(params),
    next: ({ role, status, about }) => {
      if (about !== undefined) return REMEDIES[about](variable(role));
      return [
        status === 404
          ? `Check the model's name, and that ${variable(role)}_BASE_URL is the root of the API. It usually ends in /v1.`
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
        `Check that ${variable(role)}_BASE_URL is the root of an OpenAI-compatible API. It usually ends in /v1.`,
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

const REMEDIES: { readonly [S in RefusalSubject]: (variable: string) => Sentence } = {
  quota: (name) => [`Add credit or raise the quota with the provider, or set ${name}_MODEL to a model of another one.`],
  length: (name) => [
    `Give the step or the goal less text, or set ${name}_MODEL to a model with a larger context, or raise the server's.`,
  ],
  "not-loaded": () => ["Load the model on the server first, then try again."],
  model: (name) => [`Correct the model's name in ${name}_MODEL or in the configuration: this server does not know it.`],
  path: (name) => [`Set ${name}_BASE_URL to the root of the API. It usually ends in /v1.`],
  key: (name) => [`Set ${name}_API_KEY to a key that this server accepts.`],
};

/** Texts of the platform that say too little. */
const REACHED: { readonly [reason: string]: string } = {
  "bad port": "bad port (this platform does not connect to it)",
};

/** The beginning of a role's variables. */
const variable = (role: Role | undefined): string =>
  role === undefined ? "PLANLOOM" : `PLANLOOM_${role.toUpperCase()}`;

function targetText({ model, role, label }: ModelTarget): string {
  if (label === undefined) return `The model ${model}`;
  return `${label} (${role === undefined ? "" : `${role} `}model ${model})`;
}

const said = (text = ""): string => (text === "" ? "." : `: ${text}`);

function answeredText(params: Answered): string {
  const { status, text } = params;
  return `${targetText(params)} answered${status === undefined ? "" : ` ${status}`}${said(text)}`;
}
