// The words for a built-in tool that is not set up. In: a setting, or the finding that names it. Out: what to set.
import type { BuiltInSetting } from "../plan/built-in.js";
import type { Finding } from "../plan/finding.js";
import type { Sentence } from "./action.js";

/** For planners and people: the flag of the command line, and the setting. */
export const SET_UP: { readonly [setting in BuiltInSetting]: string } = {
  search: "give --search FOLDER, or set builtins.search to { folder }, { searxng } or { brave }",
  files: "give --files FOLDER, or set builtins.files to { roots: [FOLDER] }",
  "files.write": "set builtins.files to { roots: [FOLDER], write: true }",
  fetch: "set builtins.fetch to true",
  sql: "set builtins.sql to { databases: { NAME: FILE } }",
  "sql.write": "set builtins.sql to { databases: { NAME: FILE }, write: true }",
  http: 'set builtins.http to { hosts: ["api.example.com"] }',
  "http.methods": 'set builtins.http to { hosts: ["api.example.com"], methods: ["GET", "POST"] }',
  models: "name a model with --model NAME or models.default",
};

/** The next step if a plan names such a tool; undefined for another finding. */
export function setUpNext(findings: readonly (Finding | null)[]): Sentence | undefined {
  const found = findings.find((finding) => finding?.code === "TOOL_NOT_SET_UP");
  if (found?.code !== "TOOL_NOT_SET_UP" || !("params" in found)) return undefined;
  const { meant, setting } = found.params;
  const action =
    setting === "models"
      ? ({ action: "set-model" } as const)
      : ({ action: "set", setting: `builtins.${setting}` } as const);
  return [`The plan wants the built-in tool ${meant}. Set it up with `, action, "."];
}
