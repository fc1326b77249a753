// The built-in tools of a configuration. In: the value under `builtins`. Out: its type; the checks collect its faults.
import { isObject } from "../plan/json.js";
import type { HttpOptions } from "../tools/builtin/http.js";
import { HTTP_EFFECTS } from "../tools/http/http-method.js";
import { hostFault } from "../tools/http/named-hosts.js";
import { isTexts, type SettingChecks } from "./config-value.js";

export interface BuiltinsConfig {
  /**
   * Folders that `read_file`, `list_files` and (with `write`) `write_file` and `edit_file` may reach. Default: none.
   * Files that control programs or hold secrets are closed to them, unless `allow` has a pattern for their path below a
   * folder.
   */
  readonly files?: {
    readonly roots: readonly string[];
    readonly write?: boolean;
    readonly allow?: readonly string[];
  };
  /** Whether plans may fetch pages from public addresses. Default: false. */
  readonly fetch?: boolean | { readonly allowHosts: readonly string[] };
  /**
   * A folder of documents, the address of a SearXNG server, or the key of a search service. Default: none; the planner
   * is told that there is no search.
   */
  readonly search?:
    { readonly folder: string } | { readonly searxng: string } | { readonly brave: { readonly key: string } };
  /**
   * SQLite files by name, which `sql_query` may read and (with `write`) `sql_write` may change. Default: none. Models
   * read the names of their tables and columns.
   */
  readonly sql?: { readonly databases: { readonly [name: string]: string }; readonly write?: boolean };
  /**
   * Hosts of HTTP services, the headers that go to each, such as a key, and the methods: there is one tool for each
   * (`http_get`, `http_post` and so on). `api.example.com` means https; write `http://localhost:8080` otherwise.
   * Default: no hosts; GET and HEAD.
   */
  readonly http?: HttpOptions;
}

const BUILTIN_KEYS: Record<keyof BuiltinsConfig, true> = {
  files: true,
  fetch: true,
  search: true,
  sql: true,
  http: true,
};
const FILE_KEYS = { roots: true, write: true, allow: true };
const FETCH_KEYS = { allowHosts: true };
const SEARCH_KEYS = { folder: true, searxng: true, brave: true };
const BRAVE_KEYS = { key: true };
const SQL_KEYS = { databases: true, write: true };
const HTTP_KEYS: Record<keyof HttpOptions, true> = { hosts: true, headers: true, methods: true };
const DATABASE_NAME = /^[A-Za-z]\w{0,63}$/;

export function knownBuiltins(builtins: BuiltinsConfig | undefined, check: SettingChecks): void {
  const { files, fetch, search, sql, http } = check.record("builtins.", builtins, BUILTIN_KEYS);
  if (fetch !== undefined && typeof fetch !== "boolean") knownFetch(fetch, check);
  if (files !== undefined) knownFiles(files, check);
  if (search !== undefined) knownSearch(search, check);
  if (sql !== undefined) knownSql(sql, check);
  if (http !== undefined) knownHttp(http, check);
}

function knownFetch(fetch: { readonly allowHosts: readonly string[] }, check: SettingChecks): void {
  const { allowHosts } = check.record("builtins.fetch.", fetch, FETCH_KEYS);
  if (allowHosts !== undefined && !isTexts(allowHosts))
    check.wrong("builtins.fetch.allowHosts", allowHosts, { is: "hosts" });
}

function knownFiles(files: NonNullable<BuiltinsConfig["files"]>, check: SettingChecks): void {
  const { roots, write, allow = [] } = check.record("builtins.files.", files, FILE_KEYS);
  // An empty text would be the working folder.
  const named = isTexts(roots) && !roots.some((root) => root.trim() === "");
  if (isObject(files) && !named) check.wrong("builtins.files.roots", roots, { is: "folders" });
  if (!isTexts(allow)) check.wrong("builtins.files.allow", allow, { is: "paths" });
  check.yesOrNo("builtins.files.write", write, false);
}

function knownSearch(search: NonNullable<BuiltinsConfig["search"]>, check: SettingChecks): void {
  const named = Object.entries(check.record("builtins.search.", search, SEARCH_KEYS) as Record<string, unknown>);
  // An unknown key is a fault already.
  if (!isObject(search) || named.some(([key]) => !Object.hasOwn(SEARCH_KEYS, key))) return;
  const [[key, place] = []] = named;
  if (named.length !== 1) return check.wrong("builtins.search", search, { is: "search" });
  if (key === "brave") return knownKey("builtins.search.brave.", place, check);
  if (!isNamed(place)) check.wrong("builtins.search", search, { is: "search" });
}

function knownKey(prefix: string, given: unknown, check: SettingChecks): void {
  const { key } = check.record(prefix, (given ?? null) as { readonly key?: unknown }, BRAVE_KEYS);
  // A header holds it.
  if (isObject(given) && !(isNamed(key) && /^[!-~]+$/.test(key))) check.fault(keyFault(`${prefix}key`, key));
}

const keyFault = (setting: string, key: unknown): Parameters<SettingChecks["fault"]>[0] =>
  key === undefined
    ? { setting, problem: "missing", wanted: { is: "key" } }
    : { setting, problem: "not-texts", wanted: { is: "key" } };

function knownSql(sql: NonNullable<BuiltinsConfig["sql"]>, check: SettingChecks): void {
  const { databases, write } = check.record("builtins.sql.", sql, SQL_KEYS);
  check.yesOrNo("builtins.sql.write", write, false);
  if (!isObject(sql)) return;
  const files: unknown = databases;
  const sound =
    isObject(files) && Object.entries(files).every(([name, file]) => DATABASE_NAME.test(name) && isNamed(file));
  if (!sound) check.wrong("builtins.sql.databases", files, { is: "databases" });
}

function knownHttp(http: HttpOptions, check: SettingChecks): void {
  const { hosts, headers, methods = [] } = check.record("builtins.http.", http, HTTP_KEYS);
  if (!isObject(http)) return;
  const fault = hostFault({ hosts, headers });
  if (fault === "hosts") check.wrong("builtins.http.hosts", hosts, { is: "http-hosts" });
  if (fault === "headers") check.wrong("builtins.http.headers", headers, { is: "http-headers" });
  const known = Object.keys(HTTP_EFFECTS);
  if (!isTexts(methods) || !methods.every((method) => known.includes(method)))
    check.wrong("builtins.http.methods", methods, { is: "http-methods" });
}

const isNamed = (value: unknown): value is string => typeof value === "string" && value.trim() !== "";
