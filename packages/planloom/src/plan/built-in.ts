// The tools that Planloom has built in, by name, and what each needs. In: the name of a tool that an inventory lacks.
// Out: the built-in tool that is meant, and the setting that adds it. Common other names count.

/** The setting under `builtins`, or `models` for a tool that asks a model. */
export type BuiltInSetting =
  "search" | "files" | "files.write" | "fetch" | "sql" | "sql.write" | "http" | "http.methods" | "models";

export interface BuiltIn {
  /** The name that a plan has to write. */
  readonly tool: string;
  readonly setting: BuiltInSetting;
}

const TOOLS: ReadonlyMap<string, BuiltInSetting> = new Map<string, BuiltInSetting>([
  ["search", "search"],
  ["read_file", "files"],
  ["list_files", "files"],
  ["write_file", "files.write"],
  ["edit_file", "files.write"],
  ["fetch_url", "fetch"],
  ["sql_query", "sql"],
  ["sql_write", "sql.write"],
  ["http_get", "http"],
  ["http_head", "http"],
  ...["http_put", "http_delete", "http_post", "http_patch"].map((name) => [name, "http.methods"] as const),
  ["summarize", "models"],
]);

const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ...["web_search", "search_web", "websearch", "internet_search", "google_search"].map(
    (name) => [name, "search"] as const,
  ),
  ["http_request", "http_get"],
  ...["query_sql", "sql", "query_database", "database_query"].map((name) => [name, "sql_query"] as const),
  ...["summarise", "generate_summary", "summarize_text"].map((name) => [name, "summarize"] as const),
]);

/** The names of all built-in tools that an inventory lacks. */
export const builtInsMissing = (has: (tool: string) => boolean): readonly string[] =>
  [...TOOLS.keys()].filter((tool) => !has(tool));

/** `has` says whether the inventory has a tool. undefined if the name is no built-in tool, or if that one is there. */
export function builtInMissing(name: string, has: (tool: string) => boolean): BuiltIn | undefined {
  const tool = TOOLS.has(name) ? name : OTHER_NAMES.get(name.toLowerCase());
  const setting = tool === undefined ? undefined : TOOLS.get(tool);
  return tool === undefined || setting === undefined || has(tool) ? undefined : { tool, setting };
}
