// Words for errors of the configuration: its file, its settings, its tools and folders.
import { byCase } from "../by-case.js";
import type { ErrorTable } from "../error-words.js";
import type { SchemaFault } from "../../plan/type/schema-fault.js";
import { schemaFaultAdvice, schemaFaultText } from "./schemas.js";
import { mcpFormText, type McpForm } from "./mcp-settings.js";
import { formText, type SettingForm } from "./model.js";

/** The expected value of a setting. */
export type WantedSetting =
  | { readonly is: "one-of"; readonly choices: readonly string[]; readonly orFunction?: true }
  /** Other programs name a setting so. `write` is ours, "" if there is none and none is needed. */
  | { readonly is: "instead"; readonly write: string }
  | { readonly is: "record"; readonly keys: readonly string[] }
  /** `most` is absent in an error of an earlier version. */
  | { readonly is: "whole"; readonly least: number; readonly most?: number }
  /** The address of a model server. `write`: the one that is meant, if that is known. */
  | { readonly is: "address"; readonly problem: "not-http" | "credentials"; readonly write?: string }
  /** A setting of a role. */
  | { readonly is: "role-setting"; readonly form: SettingForm }
  | { readonly is: "model-list"; readonly most: number }
  /** A part of the settings of an MCP server. */
  | { readonly is: "mcp"; readonly form: McpForm }
  | { readonly is: "number" | "usd" | "usd-per-million" | "boolean" }
  /** Named executors. */
  | { readonly is: "executors"; readonly most: number }
  | { readonly is: "text"; readonly most: number }
  /** The name of a tool that is not there. `near`: the names that it may mean. */
  | { readonly is: "tool"; readonly near: readonly string[] }
  /** Tools for scouting. `near`: those that may be meant, of a tool that is not there, has effects or needs approval. */
  | { readonly is: "scout-tools"; readonly near: readonly string[] }
  | {
      readonly is:
        | "folder"
        | "folders"
        | "hosts"
        | "paths"
        | "search"
        | "databases"
        | "key"
        | "http-hosts"
        | "http-headers"
        | "http-methods"
        | "duration"
        | "ended-statuses"
        | "prices"
        | "store"
        | "engine"
        | "limiter"
        | "telemetry"
        | "logger"
        | "origins"
        | "function"
        | "secrets"
        | "models"
        | "header"
        | "names"
        | "options";
    }
  /** `given`: what there is instead of a tool; absent in an error of an earlier version. */
  | { readonly is: "tools" | "tools-in-code"; readonly given?: NotTool }
  | { readonly is: "configuration" }
  /** A function writes plans, and cannot judge a plan. The fix is another value, or a planner model. */
  | { readonly is: "without-planner-function"; readonly value: string };

/** What stands in the place of a tool. nested: a list in a list in the list. */
export type NotTool = keyof typeof TOOLS_INSTEAD;

const TOOLS_INSTEAD = {
  promise: "`await` before it: tools: [await openApi(...)]",
  nested: "its tools one level higher: a list of tools may stand in `tools`, but holds no other list",
  function: "a call of it, or tool({ ... }) around what it does: a function alone is no tool",
  definition: "tool({ ... }) around it",
  "ai-sdk": "aiTools({ name: theTool }, { effects: { name: ... } }) around it, of planloom/tools",
  other: "a list of tools that were made by tool(): tools: [tool({ ... })]",
} as const;

/** What is wrong with a setting. `given` is the value, as a person can read it. */
type SettingFault =
  | { readonly problem: "unknown" | "misplaced" | "missing" | "not-tools" | "not-texts" }
  | { readonly problem: "value"; readonly given: string };

/** A wrong setting. `setting` is "" for the whole configuration. `line`: where it stands in the file, if that is known. */
export type SettingProblem = {
  readonly setting: string;
  readonly wanted: WantedSetting;
  readonly line?: number;
} & SettingFault;

/** `write`: what means the same, "" if it can be left out; absent if that is not known. */
export interface UnknownKey {
  readonly key: string;
  readonly write?: string;
}

/** The form that a value in the definition of a tool must have. */
export type ToolValue = keyof typeof TOOL_VALUES;

const TOOL_VALUES = {
  boolean: "true or false",
  function: "a function",
  required: '"required"',
  acting: '"idempotent" or "once"',
  pass: '"pass"',
  arguments: "a list of names of arguments",
  text: "a text",
  reach: "{ roots, hosts, open }, each a list of texts",
} as const;

/** Why a definition given to `tool()` cannot be used. */
export type ToolFault =
  | { readonly problem: "name" | "description" | "run" | "input-not-object" }
  /** `given`: a value that is none of the three. */
  | { readonly problem: "effects"; readonly given?: string }
  /** A plain object that holds a schema of a library, which is at `at`. */
  | { readonly problem: "mixed-schema"; readonly side: "input" | "output"; readonly at: string }
  | { readonly problem: "schema"; readonly side: "input" | "output"; readonly reason: string }
  /** `vendor`: the library, as it names itself. `reason`: its own words; absent if it offers no JSON Schema at all. */
  | {
      readonly problem: "no-json-schema";
      readonly side: "input" | "output";
      readonly vendor: string;
      readonly reason?: string;
    }
  /** A place inside a JSON Schema. */
  | { readonly problem: "schema-part"; readonly side: "input" | "output"; readonly fault: SchemaFault }
  | ({ readonly problem: "ai-sdk" } & AiToolFault)
  | { readonly problem: "definition"; readonly given: string }
  | { readonly problem: "keys"; readonly keys: readonly UnknownKey[]; readonly known: readonly string[] }
  | { readonly problem: "value"; readonly key: string; readonly given: string; readonly wanted: ToolValue }
  | { readonly problem: "content"; readonly argument: string; readonly arguments: readonly string[] }
  | { readonly problem: "timeout"; readonly given: string };

/** Why a tool of the AI SDK cannot be used, or a declaration about it. */
export type AiToolFault =
  | { readonly fault: "form" | "provider" | "execute" | "description" | "describes" }
  | { readonly fault: "schema" | "promise"; readonly side: "input" | "output" }
  | { readonly fault: "option"; readonly key: string }
  /** The tool's name is a name that `place` should not have. `write`: the one that is meant. */
  | { readonly fault: "unknown"; readonly place: string; readonly known: readonly string[]; readonly write?: string };

/** Why the list of trusted folders cannot be used. `reason` is the text of the system. */
export type TrustListFault =
  | { readonly fault: "owner" | "writable" | "no-list" }
  | { readonly fault: "unreadable" | "unwritable"; readonly reason: string };

/** Why a file cannot be used as a database. `reason` is the text of SQLite. */
export type DatabaseFault =
  | { readonly problem: "missing" | "not-a-file" | "own" | "no-sqlite" }
  | { readonly problem: "unreadable"; readonly reason: string };

export interface ConfigurationErrors {
  CONFIG_NOT_FOUND: { readonly file: string };
  /** The file was found, is code, and lies in a folder that the user has not trusted. */
  CONFIG_NOT_TRUSTED: { readonly file: string; readonly folder: string };
  TRUST_LIST_FAILED: { readonly file: string } & TrustListFault;
  /** `next`: the advice of the Planloom error that stopped it. `line`: where it stopped, if that is known. */
  CONFIG_FAILED: { readonly file: string; readonly line?: number; readonly reason: string; readonly next?: string };
  /** The first wrong setting, and all others. `file` is absent if a program gave the configuration. */
  CONFIG_INVALID: SettingProblem & { readonly file?: string; readonly more?: readonly SettingProblem[] };
  BUDGET_UNPRICED: { readonly model: string };
  BAD_TOOL: { readonly tool: string } & ToolFault;
  DUPLICATE_TOOL: { readonly tool: string };
  BAD_FOLDER:
    | { readonly problem: "none" | "same-name" }
    | { readonly problem: "missing" | "not-a-folder"; readonly folder: string };
  BAD_SEARCH: { readonly address: string };
  BAD_DATABASE: { readonly name: string; readonly file: string } & DatabaseFault;
  SECRET_TOO_SHORT: { readonly secret: string; readonly least: number };
  NO_PLANNER: Record<string, never>;
}

export const CONFIGURATION_ERRORS: ErrorTable<ConfigurationErrors> = {
  CONFIG_NOT_FOUND: {
    kind: "usage",
    message: ({ file }) => `The configuration ${file} does not exist.`,
    next: () => ["Name a file that exists, or leave --config out."],
  },
  CONFIG_NOT_TRUSTED: {
    kind: "config",
    message: ({ file }) => `The configuration ${file} is code in a folder that you have not trusted. It did not run.`,
    next: ({ folder, file }) => [
      "Read the file. To trust its folder: ",
      { action: "trust", folder },
      `. For one command, name the file with \`--config ${file}\`.`,
    ],
  },
  TRUST_LIST_FAILED: {
    kind: "config",
    message: (params) => `The list of trusted folders ${params.file} ${trustListText(params)}.`,
    next: ({ file }) => [`Correct or remove ${file}, then trust your folders again.`],
  },
  CONFIG_FAILED: {
    kind: "config",
    message: ({ file, line, reason }) => `The configuration ${placeText(file, line)} cannot be loaded: ${reason}`,
    next: ({ next = "Correct the file. Its default export is defineConfig({ ... })." }) => [next],
  },
  CONFIG_INVALID: {
    kind: "config",
    message: (params) => {
      const { file, line, more = [] } = params;
      if (more.length === 0) return `${file === undefined ? "" : `${placeText(file, line)}: `}${settingText(params)}`;
      const each = [params, ...more].map((problem) => {
        const place = problem.line === undefined ? "" : `line ${problem.line}: `;
        return `- ${place}${settingText(problem)} ${wantedAdvice(problem)}`;
      });
      const of = file === undefined ? "the configuration" : file;
      return [`${each.length} settings of ${of} are wrong:`, ...each].join("\n");
    },
    next: (params) =>
      (params.more ?? []).length === 0 ? [wantedAdvice(params)] : ["Correct them all, as each line says."],
  },
  BUDGET_UNPRICED: {
    kind: "config",
    message: ({ model }) => `The budget is in US dollars, but the price of the model "${model}" is not known.`,
    next: ({ model }) => [
      "Give its price under ",
      { action: "set", setting: "prices" },
      `: prices: { "${model}": { inputUsdPerMTok: 0.5, outputUsdPerMTok: 1.5 } } (0 for a machine of your own). Or ` +
        "set a budget in tokens.",
    ],
  },
  BAD_TOOL: {
    kind: "config",
    message: (params) => `The tool "${params.tool}" ${toolFaultText(params)}.`,
    next: (params) => [toolAdvice(params)],
  },
  DUPLICATE_TOOL: {
    kind: "config",
    message: ({ tool }) => `Two tools are named "${tool}".`,
    next: () => ["Rename one of them: a plan names a tool by this word alone."],
  },
  BAD_FOLDER: {
    kind: "config",
    message: byCase("problem", {
      none: () => "The file tools were given no folder.",
      "same-name": () => "Two folders of the file tools have the same name.",
      missing: ({ folder }) => `The folder ${folder} cannot be opened.`,
      "not-a-folder": ({ folder }) => `${folder} is not a folder.`,
    }),
    next: byCase("problem", {
      none: () => ["Name at least one folder under ", { action: "set", setting: "builtins.files.roots" }, "."],
      "same-name": () => ["Name folders whose last parts differ: paths begin with them."],
      missing: () => ["Create it, or name another folder."],
      "not-a-folder": () => ["Name a folder."],
    }),
  },
  SECRET_TOO_SHORT: {
    kind: "config",
    message: ({ secret, least }) =>
      `The secret ${secret} has fewer than ${least} characters. A text of that length occurs in other texts by ` +
      "chance, so it cannot be taken out of what tools give back.",
    next: () => ["Give a longer one, or leave it out of ", { action: "set", setting: "secrets" }, "."],
  },
  BAD_SEARCH: {
    kind: "config",
    message: ({ address }) => `"${address}" is not the address of a SearXNG server.`,
    next: () => ["Write it as http://host:port, the address that a browser would open."],
  },
  BAD_DATABASE: {
    kind: "config",
    message: byCase("problem", {
      missing: ({ name, file }) => `The file ${file} of the database ${name} does not exist.`,
      "not-a-file": ({ name, file }) => `${file}, which is named as the database ${name}, is not a file.`,
      own: ({ name, file }) => `${file}, which is named as the database ${name}, belongs to Planloom itself.`,
      unreadable: ({ name, file, reason }) => `The database ${name} (${file}) cannot be read: ${reason}.`,
      "no-sqlite": ({ name }) => `The database ${name} cannot be read: no SQLite with an authorizer can be loaded.`,
    }),
    next: byCase("problem", {
      missing: () => ["Name a file that exists, under ", { action: "set", setting: "builtins.sql.databases" }, "."],
      "not-a-file": () => ["Name a SQLite file."],
      own: () => ["Name another file."],
      unreadable: () => ["Name a SQLite file that this user can read."],
      "no-sqlite": () => ["Install @photostructure/sqlite where the program runs, or use a newer Node.js."],
    }),
  },
  NO_PLANNER: {
    kind: "config",
    message: () => "No planner model is set.",
    next: () => [
      "Set OPENAI_API_KEY and PLANLOOM_MODEL, or PLANLOOM_BASE_URL and PLANLOOM_MODEL for another server. Or name a model with ",
      { action: "set-model", role: "planner" },
      ". Or run a plan file with ",
      { action: "start", plan: true },
      ".",
    ],
  },
};

/** `planloom.config.yaml:3`. */
const placeText = (file: string, line: number | undefined): string => (line === undefined ? file : `${file}:${line}`);

const wantedAdvice = ({ wanted }: SettingProblem): string =>
  wanted.is === "instead" && wanted.write === ""
    ? "Leave it out: it has no meaning here."
    : `Write ${wantedText(wanted)}.`;

export const trustListText: (fault: TrustListFault) => string = byCase("fault", {
  owner: () => "belongs to another user",
  writable: () => "can be written by other users",
  "no-list": () => "is not such a list",
  unreadable: ({ reason }) => `cannot be read: ${reason}`,
  unwritable: ({ reason }) => `cannot be written: ${reason}`,
});

const settingText: (params: SettingProblem) => string = byCase("problem", {
  unknown: ({ setting }) => `Unknown setting ${setting}.`,
  misplaced: ({ setting }) => `${setting} is no option of a single run.`,
  missing: ({ setting }) => `The setting ${setting} is missing.`,
  "not-tools": ({ setting }) => `The setting ${setting} holds something that was not made by tool().`,
  "not-texts": ({ setting }) => `The setting ${setting} holds a value that is not a text.`,
  value: ({ setting, given, wanted }) =>
    `${valueName(setting, wanted)} ${wanted.is === "options" ? "are" : "is"} ${given}${MISFIT[wanted.is] ?? ""}.`,
});

function valueName(setting: string, { is }: WantedSetting): string {
  if (is === "options") return `The options of ${setting}`;
  return setting === "" ? "The configuration" : `The setting ${setting}`;
}

/** Why a value is wrong, if that is not obvious. */
const MISFIT: { readonly [Is in WantedSetting["is"]]?: string } = {
  record: ", not a record",
  options: ", not a record of options",
  prices: ", not a record",
  models: ", not a record",
  configuration: ", not a configuration",
  folder: ", not a folder",
  folders: ", not a list of folders",
  databases: ", not a record of files",
  hosts: ", not a list of hosts",
  paths: ", not a list of paths",
  store: ", neither a path nor a store",
  engine: ", not a function",
  limiter: ", not a limiter",
  telemetry: ", not the OpenTelemetry API",
  logger: ", not a logger",
  function: ", not a function",
  "without-planner-function": ", but the planner is a function",
  address: ", not an http or https address without a user name",
};

const wantedText: (wanted: WantedSetting) => string = byCase("is", {
  "one-of": ({ choices, orFunction }) =>
    `one of ${choices.join(", ")}${orFunction === true ? ", or a function of plan and estimate" : ""}`,
  instead: ({ write }) => write,
  record: ({ keys }) => `a record of ${keys.join(", ")}`,
  mcp: ({ form }) => mcpFormText(form),
  "model-list": ({ most }) => `a list of 1 to ${most} models`,
  whole: ({ least, most }) =>
    most === undefined ? `a whole number of at least ${least}` : `a whole number from ${least} to ${most}`,
  address: ({ problem, write }) =>
    write ?? `an address such as http://localhost:8000/v1${problem === "credentials" ? ", and the key as apiKey" : ""}`,
  "role-setting": ({ form }) => formText(form),
  names: () => 'a list of names of fields: storedContext: ["userId"]',
  hosts: () => 'a list of hosts: allowHosts: ["intranet.example"]',
  "without-planner-function": ({ value }) =>
    `${value}, or name a planner model: a planner function cannot judge a plan`,
  number: () => "a number, 0 or more",
  usd: () => "US dollars, 0 or more",
  "usd-per-million": () => "US dollars for a million tokens, 0 or more",
  boolean: () => "true or false",
  executors: ({ most }) =>
    `at most ${most} executors by names of letters, digits, _ and -: executors: { researcher: { description, model, tools } }`,
  text: ({ most }) => `a text of at most ${most} characters`,
  "scout-tools": ({ near }) =>
    near.length === 0
      ? 'tools without effects, whose calls nobody has to approve: tools: "read-only", or a list of their names'
      : `a tool without effects, whose calls nobody has to approve: ${near.join(" or ")}`,
  tool: ({ near }) => (near.length === 0 ? "the name of a tool of this configuration" : near.join(" or ")),
  tools: ({ given = "other" }) => TOOLS_INSTEAD[given],
  "tools-in-code": ({ given = "other" }) =>
    given === "other"
      ? "a list of tools that were made by tool(), in a .ts or .js file: tools: [tool({ ... })]"
      : TOOLS_INSTEAD[given],
  folder: () => 'a folder: playbooks: "playbooks"',
  folders: () => 'a list of folders: roots: ["documents"]',
  paths: () => 'a list of paths or patterns below the folders: allow: [".github/**"]',
  search: () => 'one place: search: { folder: "documents" }, { searxng: "http://…" } or { brave: { key } }',
  databases: () => 'files by names of letters, digits and _: databases: { sales: "sales.db" }',
  "http-hosts": () => 'a list of hosts: hosts: ["api.example.com", "http://localhost:8080"]',
  "http-headers": () => 'headers by named host: headers: { "api.example.com": { authorization: process.env.TOKEN } }',
  duration: () => 'a time with its unit: "30d", "12h"',
  "ended-statuses": () => 'a list of completed, failed, cancelled: status: ["completed"]',
  "http-methods": () => 'a list of GET, HEAD, PUT, DELETE, POST, PATCH: methods: ["GET", "POST"]',
  key: () => "a key, as the service gives it: key: process.env.BRAVE_KEY",
  prices: () => 'a record: prices: { "my-model": { inputUsdPerMTok: 0.5, outputUsdPerMTok: 1.5 } }',
  store: () => '"memory", a path, or a store',
  engine: () => "a function that opens an engine, or nothing",
  limiter: () => "an object with `acquire`, `report` and `pause`, or nothing",
  telemetry: () => 'the OpenTelemetry API: `import * as api from "@opentelemetry/api"`, and `telemetry: { api }`',
  logger: () => "an object with `debug`, `info`, `warn` and `error`, such as console, or nothing",
  origins: () => 'a list of origins of http servers, such as ["https://models.example.com"]',
  function: () => "a function, or nothing",
  secrets: () => "a record of texts: secrets: { NAME: process.env.NAME }",
  header: () => "a header whose name is a word and whose value is one line",
  models: () => "a record: models: { planner, executor, ... }",
  options: () => "options as a record, or leave them out",
  configuration: () => "export default defineConfig({ ... })",
});

const toolFaultText: (fault: ToolFault) => string = byCase("problem", {
  name: () => "has a name that cannot be used",
  description: () => "has no description",
  effects: ({ given }) =>
    given === undefined ? "does not say which effects it has" : `has effects: ${given}, which is not allowed`,
  run: () => "has no run function",
  "input-not-object": () => "has an input that is not an object",
  schema: ({ side, reason }) => `has an ${side} schema that cannot be used: ${reason}`,
  "no-json-schema": ({ side, vendor, reason }) =>
    `has an ${side} schema that cannot be written as JSON Schema (${reason ?? `its library, ${vendor}, offers none`})`,
  "mixed-schema": ({ side, at }) =>
    `has an ${side} that is no schema: a plain object with a schema of a library at ${at}`,
  "schema-part": ({ side, fault }) => `has an ${side} schema that cannot be used: ${schemaFaultText(fault)}`,
  "ai-sdk": (fault) => aiToolText(fault),
  definition: ({ given }) => `has no definition: tool() was given ${given}`,
  keys: ({ keys }) =>
    `has ${keys.length === 1 ? "a key" : "keys"} that tool() does not know: ${keys.map(({ key }) => key).join(", ")}`,
  value: ({ key, given }) => `has ${key}: ${given}, which is not allowed`,
  content: ({ argument }) => `names "${argument}" as content, but has no such argument`,
  timeout: ({ given }) => `has the timeout ${given}`,
});

const aiToolText: (fault: AiToolFault) => string = byCase("fault", {
  form: () => "is no tool of the AI SDK",
  provider: () => "is run by the provider of a model, not by this program",
  execute: () => "has no execute function",
  description: () => "has no description",
  describes: () => "has a description that is a function",
  schema: ({ side }) => `has an ${side}Schema that is no schema`,
  promise: ({ side }) => `has an ${side}Schema whose JSON Schema is a promise`,
  option: ({ key }) => `was given ${key}, which is no record`,
  unknown: ({ place }) => (place === "aiTools" ? "is no option of aiTools" : `is named in ${place}, but is not given`),
});

const aiToolAdvice: (fault: AiToolFault) => string = byCase("fault", {
  form: () => "Give tools by name: aiTools({ weather: tool({ description, inputSchema, execute }) }, { effects }).",
  provider: () => "Leave it out, or write a tool() that calls the service itself.",
  execute: () => "Add execute to it, or write a tool() with run(args, context).",
  description: () => 'Write one: aiTools({ ... }, { description: { name: "What it does and when to use it." } }).',
  describes: () => 'Write a text instead: aiTools({ ... }, { description: { name: "What it does and when." } }).',
  schema: ({ side }) => `Write ${side}Schema: z.object({ ... }), or jsonSchema({ ... }).`,
  promise: ({ side }) => `Await it before: ${side}Schema: jsonSchema(await ...).`,
  option: ({ key }) => `Write ${key}: { nameOfTool: ... }.`,
  unknown: ({ known, write }) =>
    write === undefined ? `It knows: ${known.join(", ") || "no tools"}.` : `Write ${write}.`,
});

const EFFECTS = 'effects: "none" (changes nothing), "idempotent" or "once".';

const toolAdvice: (fault: ToolFault) => string = byCase("problem", {
  name: () => "Write a letter, then at most 63 letters, digits, _ or - (no dots).",
  description: () => "Say what it does and when to use it. The planner reads nothing else.",
  effects: ({ given }) => `${given === undefined ? "Add" : "Write"} ${EFFECTS}`,
  run: () => "Add run(args, context).",
  "input-not-object": () => "Wrap the arguments: z.object({ ... }).",
  schema: () =>
    "Use a schema of zod (3.25 or later), arktype or valibot, another one with Standard JSON Schema, or a plain JSON " +
    "Schema object.",
  "no-json-schema": ({ side, vendor, reason }) =>
    vendor === "valibot" && reason === undefined
      ? `Write ${side}: toStandardJsonSchema(schema), with toStandardJsonSchema of @valibot/to-json-schema.`
      : `Give its JSON Schema beside it: ${side}: withJsonSchema(schema, { type: "object", properties: { ... } }), ` +
        "with withJsonSchema of planloom/tools.",
  "mixed-schema": ({ side }) => `Wrap the fields: ${side}: z.object({ ... }).`,
  "schema-part": ({ fault }) => schemaFaultAdvice(fault),
  "ai-sdk": (fault) => aiToolAdvice(fault),
  definition: () => "Give it one object: tool({ name, description, input, effects, run }).",
  keys: ({ keys, known }) =>
    keys
      .map(({ key, write }) => {
        if (write === undefined) return `Instead of ${key}: one of ${known.join(", ")}.`;
        return write === "" ? `Leave ${key} out.` : `Instead of ${key}: ${write}.`;
      })
      .join(" "),
  value: ({ key, wanted }) => `Write ${key}: ${TOOL_VALUES[wanted]}, or leave it out.`,
  content: (fault) => `Its arguments are: ${fault.arguments.join(", ")}.`,
  timeout: () => 'Write whole milliseconds, at least 1 and at most ten years, or text such as "30s".',
});
