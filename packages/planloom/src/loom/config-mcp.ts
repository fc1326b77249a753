// The MCP servers of a configuration. In: the value under `mcp`. Out: nothing; the checks collect the faults. Values of
// variables and headers are never shown, because they may be secrets.
import { LIMITS } from "../limits.js";
import { addressFault } from "../model/settings/endpoint.js";
import { isHeader } from "../model/settings/header-text.js";
import { DURATION_PATTERN } from "../plan/duration.js";
import { isObject } from "../plan/json.js";
import { EFFECT_CLASSES } from "../plan/tool-spec.js";
import type { HttpServer, McpServers, ServerToolRules, StdioServer } from "../tools/mcp/server-config.js";
import type { McpForm } from "../words/errors/mcp-settings.js";
import { shownValue, type SettingChecks } from "./config-value.js";

type Form = McpForm | "boolean" | readonly string[];
/** The forms of the fields of a record. A field without a form does not compile. */
type Forms<T> = Record<keyof T, Form>;

const RULES = { trusted: "boolean", include: "patterns", exclude: "patterns", tools: "tool-rules" } as const;
const STDIO: Forms<StdioServer> = { command: "command", args: "texts", env: "env", cwd: "folder", ...RULES };
const HTTP: Forms<HttpServer> = { url: "address", headers: "headers", oauth: "oauth", ...RULES };
const TOOL: Forms<ServerToolRules> = {
  effects: EFFECT_CLASSES,
  approval: ["required"],
  trusted: "boolean",
  public: "boolean",
  egress: "boolean",
  content: "texts",
  timeout: "duration",
  output: ["text", "parts"],
  preview: "arguments",
};

/** What the name of a server must be: plans write it before the name of the tool. */
const SERVER_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** The text of a setting may be a secret in the wrong place. */
const HIDDEN = "not shown here";

/** `setting`: where the servers stand. */
export function knownServers(servers: McpServers | undefined, check: SettingChecks, setting = "mcp"): void {
  if (servers === undefined) return;
  if (!isObject(servers)) return check.wrong(setting, servers, { is: "mcp", form: "servers" });
  for (const [name, server] of Object.entries(servers as { readonly [name: string]: unknown })) {
    if (!SERVER_NAME.test(name)) check.wrong(`${setting}.${name}`, name, { is: "mcp", form: "name" });
    knownServer(`${setting}.${name}`, server, check);
  }
}

function knownServer(key: string, server: unknown, check: SettingChecks): void {
  if (!isObject(server)) return check.wrong(key, server, { is: "mcp", form: "server" });
  const [isProgram, isAddress] = [Object.hasOwn(server, "command"), Object.hasOwn(server, "url")];
  if (isProgram === isAddress) {
    // A misspelt `command` is named by its own name.
    const unknown = Object.keys(server).some((field) => !Object.hasOwn({ ...STDIO, ...HTTP }, field));
    if (unknown) return knownFields(key, server, { ...STDIO, ...HTTP }, check);
    const given = isProgram ? "a record with command and url" : "a record without command and url";
    return void check.fault({ setting: key, problem: "value", given, wanted: { is: "mcp", form: "server" } });
  }
  const forms: Record<string, Form> = Object.hasOwn(server, "url") ? HTTP : STDIO;
  knownFields(key, server, forms, check);
  const { tools } = server as { readonly tools?: unknown };
  if (!isObject(tools)) return;
  for (const [tool, rules] of Object.entries(tools)) knownFields(`${key}.tools.${tool}`, rules, TOOL, check);
}

function knownFields(key: string, given: unknown, forms: Record<string, Form>, check: SettingChecks): void {
  for (const [field, value] of Object.entries(check.record(`${key}.`, given as object, forms))) {
    const form = Object.hasOwn(forms, field) ? forms[field] : undefined;
    if (form !== undefined && value !== undefined) knownField(`${key}.${field}`, value, form, check);
  }
}

function knownField(key: string, value: unknown, form: Form, check: SettingChecks): void {
  if (typeof form === "object") return void check.choice(key, value as string, form, form[0]!);
  if (form === "boolean") return void check.yesOrNo(key, value as boolean, false);
  if (FITS[form](value)) return;
  const isHidden = form === "env" || form === "headers" || form === "address";
  // One entry of a record may be named, and its value not.
  const wrong =
    isHidden && isObject(value) ? Object.entries(value).find(([name, one]) => !FITS[form]({ [name]: one })) : undefined;
  const [setting, given] = wrong === undefined ? [key, value] : [`${key}.${wrong[0]}`, wrong[1]];
  const shown = isHidden && typeof given === "string" ? HIDDEN : shownValue(given);
  check.fault({ setting, problem: "value", given: shown, wanted: { is: "mcp", form } });
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "" && !value.includes("\0");
const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((one) => typeof one === "string" && !one.includes("\0"));
const recordOf =
  (fits: (name: string, value: unknown) => boolean) =>
  (given: unknown): boolean =>
    isObject(given) && Object.entries(given).every(([name, value]) => fits(name, value));

const FITS: { readonly [form in McpForm]: (value: unknown) => boolean } = {
  servers: isObject,
  server: isObject,
  name: isText,
  command: isText,
  texts: isTexts,
  env: recordOf((name, value) => /^[^=\0]+$/.test(name) && typeof value === "string" && !value.includes("\0")),
  folder: isText,
  address: (value) => isText(value) && addressFault(value) === undefined,
  headers: recordOf((name, value) => typeof value === "string" && isHeader(name, value)),
  oauth: recordOf((name, value) => (name === "clientId" || name === "scope") && isText(value)),
  patterns: (value) => isTexts(value),
  "tool-rules": isObject,
  arguments: isObject,
  duration: (value) =>
    typeof value === "string"
      ? DURATION_PATTERN.test(value)
      : Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= LIMITS.longestMs,
};
