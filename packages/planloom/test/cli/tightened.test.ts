// What a configuration may set in a folder that is not trusted: only what makes a run stricter.
import { join } from "node:path";
import { expect, test } from "vitest";
import { tightened } from "../../src/cli/tightened.js";
import type { LoomConfig } from "../../src/loom/config.js";
import { realPath } from "../../src/files/project.js";

const folder = realPath(import.meta.dirname);

test.each<[LoomConfig]>([
  [{ approval: "always", guard: "ask", attended: false }],
  [{ approval: "effects", onFailure: "fail", replan: "never", replanContext: "codes", eager: false, concurrency: 1 }],
  [{ budget: { tokens: 10, costUsd: 0 }, limits: { steps: 3, replans: 0, approvalMs: 1_000, replanTokens: 10 } }],
  [{ builtins: { files: { roots: [join(folder, "docs")], write: false }, fetch: false, search: { folder } } }],
  [{ builtins: { files: { roots: [folder], write: true } }, approval: "always" }],
  [{ builtins: { sql: { databases: { notes: join(folder, "notes.db") } } } }],
  [{ planner: { granularity: "coarse", critique: true }, store: join(folder, "runs.db") }],
])("%j counts as it is", (config) => {
  expect(tightened(config, folder)).toEqual({ config, left: [] });
});

test.each<[LoomConfig, readonly string[]]>([
  [{ approval: "never" }, ["approval"]],
  [{ approval: () => false }, ["approval"]],
  [{ guard: "off" }, ["guard"]],
  [{ models: { default: "gpt-4o" } }, ["models"]],
  [{ prices: { m: { inputUsdPerMTok: 0, outputUsdPerMTok: 0 } } }, ["prices"]],
  [{ secrets: { NAME: "a text to hide" } }, ["secrets"]],
  [{ tools: [] }, ["tools"]],
  [{ builtins: { fetch: true } }, ["builtins.fetch"]],
  [{ builtins: { fetch: { allowHosts: ["intranet"] } } }, ["builtins.fetch"]],
  [{ builtins: { search: { searxng: "http://search.example" } } }, ["builtins.search.searxng"]],
  [{ builtins: { search: { brave: { key: "a key" } } } }, ["builtins.search.brave"]],
  [{ builtins: { http: { hosts: ["a.example"], headers: {} } } }, ["builtins.http"]],
  [{ builtins: { search: { folder: "/" } } }, ["builtins.search.folder (/)"]],
  [{ builtins: { sql: { databases: { a: "/var/a.db" }, write: true } } }, ["builtins.sql.databases.a (/var/a.db)"]],
  [{ builtins: { files: { roots: ["/", "/etc"] } } }, ["builtins.files.roots (/)", "builtins.files.roots (/etc)"]],
  [{ builtins: { files: { roots: ["/"], allow: ["**"] } } }, ["builtins.files.roots (/)", "builtins.files.allow"]],
  [{ limits: { steps: 1_000, turns: 100, fanOut: 99_999 } }, ["limits.steps", "limits.turns", "limits.fanOut"]],
  [
    { limits: { approvalMs: 1e12, replans: 9, rejections: 99 } },
    ["limits.approvalMs", "limits.replans", "limits.rejections"],
  ],
  [{ concurrency: 100 }, ["concurrency"]],
  [{ replanContext: "full", replan: "each-step", onFailure: "skip" }, ["replanContext", "replan", "onFailure"]],
  [{ store: "/tmp/elsewhere.db" }, ["store"]],
  [{ store: "memory" }, ["store"]],
])("%j does not count", (config, left) => {
  expect(tightened(config, folder)).toEqual({ config: {}, left });
});

test("a program that may write files asks for approval", () => {
  const builtins = { files: { roots: [folder], write: true } };
  const asking = { config: { approval: "effects", builtins }, left: [] };
  expect(tightened({ builtins }, folder)).toEqual(asking);
  expect(tightened({ builtins, approval: "never" }, folder)).toEqual({ ...asking, left: ["approval"] });
});

test("settings that count are kept beside those that do not", () => {
  const config = {
    approval: "never",
    limits: { steps: 5, turns: 99 },
    builtins: { files: { roots: ["/", folder], allow: [".env"] }, fetch: true },
  } as const;
  expect(tightened(config, folder)).toEqual({
    config: { limits: { steps: 5 }, builtins: { files: { roots: [folder] } } },
    left: ["approval", "limits.turns", "builtins.files.roots (/)", "builtins.files.allow", "builtins.fetch"],
  });
});
