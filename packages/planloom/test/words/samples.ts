// Realistic parameters for every code of the catalogues. Out: for each code, one set of parameters for each way in
// which it reads. A code without a sample does not compile. The tests of the words and docs/errors.md are made with
// these.
import { findingOf } from "../../src/plan/finding.js";
import { EVENT_VERSION } from "../../src/run/event.js";
import type { ErrorCode, ErrorParams, ErrorSubject } from "../../src/words/errors.js";
import { PlanloomError } from "../../src/words/planloom-error.js";
import { toolFailureWords, type ToolFailureCode, type ToolFailureParams } from "../../src/words/tool-failures.js";

const store = "/srv/app/.planloom/planloom.db";
const server = { model: "gpt-4o-mini", role: "planner", label: "localhost:8000/v1" } as const;

export const unknownTool = findingOf(
  "UNKNOWN_TOOL",
  { pointer: "/steps/0/tool", line: 5, column: 11 },
  { tool: "serch", near: ["search"], tools: ["search"], of: 1 },
);
const missingInput = findingOf(
  "MISSING_INPUT",
  { pointer: "/inputs/salary" },
  { name: "salary", type: "number", near: [] },
);

export const ERROR_SAMPLES: { readonly [Code in ErrorCode]: readonly ErrorParams[Code][] } = {
  // Server
  TOKEN_NEEDED: [{}],
  TOKEN_IN_QUERY: [{ parameter: "token" }],
  RIGHT_NEEDED: [{ name: "bob", right: "read", needed: "approve" }],
  HOST_REFUSED: [{ host: "rebound.example:4950" }],
  ORIGIN_REFUSED: [{ origin: "https://other.example" }, {}],
  BODY_TOO_LARGE: [{ most: 10_485_760 }],
  TOO_MANY_REQUESTS: [{ most: 500 }],
  TOO_MANY_STREAMS: [
    { of: "run", most: 500 },
    { of: "server", most: 1_000 },
  ],
  SERVER_STOPPING: [{}],
  HANDLER_OPEN: [{ both: false }, { both: true }],
  WEBHOOK_INVALID: [
    { fault: "url", given: "ftp://example.org" },
    { fault: "secret", least: 16 },
    { fault: "on", given: "started" },
  ],
  WEBHOOK_FAILED: [
    { host: "hooks.example.org", runId: "RUN", type: "run.waiting", because: "status", status: 500 },
    { host: "hooks.example.org", runId: "RUN", type: "run.ended", because: "late" },
    { host: "hooks.example.org", runId: "RUN", type: "run.ended", because: "waiting" },
    {
      host: "hooks.example.org",
      runId: "RUN",
      type: "run.ended",
      because: "unreachable",
      reason: "connection refused",
    },
  ],
  TOKEN_INVALID: [
    { fault: "empty" },
    { fault: "characters" },
    { fault: "short", least: 16 },
    { fault: "name", name: "ann smit" },
    { fault: "twice", name: "ann" },
    { fault: "right", name: "ann", right: "write" },
    { fault: "same", names: ["ann", "bob"] },
  ],
  HOST_INVALID: [{ given: "https://loom.example.org/" }],
  HOST_NEEDS_TOKEN: [{ host: "0.0.0.0" }],
  PORT_INVALID: [{ given: "http" }],
  LISTEN_FAILED: [
    { host: "127.0.0.1", port: 4950, because: "in-use", reason: "listen EADDRINUSE: address already in use" },
    { host: "127.0.0.1", port: 80, because: "not-allowed", reason: "listen EACCES: permission denied" },
    { host: "10.0.0.5", port: 4950, because: "no-such-address", reason: "listen EADDRNOTAVAIL" },
    { host: "127.0.0.1", port: 4950, because: "other", reason: "listen EMFILE: too many open files" },
  ],
  REQUEST_INVALID: [
    { part: "body", faults: [{ at: "", is: "unknown", field: "gaol", known: ["goal", "plan", "inputs"] }] },
    { part: "query", faults: [{ at: "/limit", is: "type", wanted: "a whole number", given: '"ten"' }] },
    { part: "body", faults: [{ at: "/type", is: "one-of", choices: ["approve", "reject"], given: '"ok"' }] },
    { part: "body", faults: [{ at: "/hash", is: "missing" }] },
  ],
  JSON_INVALID: [{ reason: "Unexpected end of JSON input" }],
  MEDIA_TYPE: [{ given: "text/plain" }, { given: "" }],
  ROUTE_UNKNOWN: [{ method: "GET", path: "/v1/run" }],
  METHOD_NOT_ALLOWED: [{ method: "PUT", path: "/v1/runs", allow: "POST, GET" }],
  NOT_READY: [{ reason: "disk I/O error" }],
  // Command line
  USAGE: [{ text: "--limit is none.", next: "Write a whole number of at least 1." }],
  FILE_NOT_FOUND: [{ file: "plan.yaml" }, { file: "plan.yaml", orGoal: true }],
  FILE_UNREADABLE: [{ file: "plan.yaml", reason: "EACCES: permission denied" }],
  FILE_NOT_UTF8: [
    { file: "plan.yaml", encoding: "UTF-16" },
    { file: "-", encoding: "latin-1" },
  ],
  FILE_UNWRITABLE: [
    { file: "plan.yaml", reason: "EACCES: permission denied" },
    { file: "run.json", reason: "EACCES: permission denied", runId: "RUN" },
  ],
  INPUT_INVALID: [
    { problem: "pair", given: "salary" },
    { problem: "twice", name: "salary" },
    { problem: "too-large", name: "pages", file: "pages.json", mebibytes: 8 },
    { problem: "unreadable", name: "pages", file: "pages.json", reason: "Unexpected end of JSON input" },
  ],
  EXPECTED_INVALID: [
    { file: "expected.json", problem: "unreadable", reason: "Unexpected end of JSON input" },
    { file: "expected.txt", problem: "too-large", mebibytes: 8 },
  ],
  RUN_AMBIGUOUS: [{ name: "run_mr", runIds: ["run_mr1", "run_mr2"] }],
  NO_PLAN: [{ runId: "RUN" }],
  NO_REVISION: [
    { runId: "RUN", revisions: [] },
    { runId: "RUN", revisions: [1] },
    { runId: "RUN", revision: "7", revisions: [1, 2] },
  ],
  STEP_NOT_BEGUN: [{ runId: "RUN", step: "find" }],
  NO_ANSWER: [{ runId: "RUN", status: "running" }],
  WHICH_APPROVAL: [{ runId: "RUN", hashes: ["9f3a27c0d1e204bb1c88aa31", "04bb1c88aa319f3a27c0d1e2"] }],
  COMMAND_REFUSED: [{ runId: "RUN", refused: "NOTHING_TO_APPROVE", message: "Run RUN waits for no approval." }],
  NOT_PAUSED: [{ runId: "RUN" }],
  INTERRUPTED: [{ runId: "RUN" }],
  OUTPUT_UNWRITABLE: [
    { reason: "ENOSPC: no space left on device, write" },
    { reason: "ENOSPC: no space left on device, write", runId: "RUN" },
  ],
  PROCESS_ENDED: [
    { by: "exit", status: 0 },
    { by: "exit", status: 0, runId: "RUN", tools: ["send_mail"] },
    { by: "idle", runId: "RUN", tools: ["send_mail"] },
    { by: "exception", runId: "RUN", tools: [] },
  ],

  // Configuration and tools
  CONFIG_NOT_FOUND: [{ file: "/srv/app/planloom.config.ts" }],
  CONFIG_NOT_TRUSTED: [{ file: "/srv/app/planloom.config.ts", folder: "/srv/app" }],
  TRUST_LIST_FAILED: [
    { file: "/home/ann/.config/planloom/trusted-folders.json", fault: "owner" },
    { file: "/home/ann/.config/planloom/trusted-folders.json", fault: "writable" },
    { file: "/home/ann/.config/planloom/trusted-folders.json", fault: "no-list" },
    {
      file: "/home/ann/.config/planloom/trusted-folders.json",
      fault: "unreadable",
      reason: "Unexpected end of JSON input",
    },
    {
      file: "/home/ann/.config/planloom/trusted-folders.json",
      fault: "unwritable",
      reason: "EACCES: permission denied",
    },
  ],
  CONFIG_FAILED: [
    { file: "/srv/app/planloom.config.ts", reason: "Cannot find module './tools.js'" },
    {
      file: "/srv/app/planloom.config.ts",
      reason: 'The tool "pay" has no description.',
      next: "Say what it does and when to use it. The planner reads nothing else.",
    },
  ],
  CONFIG_INVALID: [
    { setting: "limits.step", problem: "unknown", wanted: { is: "one-of", choices: ["steps", "turns"] } },
    { setting: "require_approval", problem: "unknown", wanted: { is: "instead", write: 'approval: "always"' } },
    { setting: "pattern", problem: "unknown", wanted: { is: "instead", write: "" } },
    { setting: "approval", problem: "value", given: '"maybe"', wanted: { is: "one-of", choices: ["never", "always"] } },
    { setting: "concurrency", problem: "value", given: "0", wanted: { is: "whole", least: 1 } },
    { file: "planloom.config.ts", setting: "tools", problem: "not-tools", wanted: { is: "tools" } },
    { setting: "prices.m.inputUsdPerMTok", problem: "missing", wanted: { is: "prices" } },
    { setting: "secrets", problem: "not-texts", wanted: { is: "secrets" } },
    { setting: "", problem: "value", given: "a list", wanted: { is: "configuration" } },
    { setting: "run and start", problem: "value", given: "null", wanted: { is: "options" } },
    { setting: "models.default.headers.x y", problem: "value", given: "not shown here", wanted: { is: "header" } },
    {
      ...{ setting: "limits.approvalMs", problem: "value", given: "1e+300" },
      wanted: { is: "whole", least: 1, most: 315_360_000_000 },
    },
    {
      ...{ setting: "models.planner.timeout", problem: "value", given: "-1" },
      wanted: { is: "role-setting", form: "time" },
    },
    {
      ...{ setting: "models.planner.baseURL", problem: "value", given: "localhost:1234" },
      wanted: { is: "address", problem: "not-http", write: "http://localhost:1234/v1" },
    },
    {
      ...{ file: "planloom.config.yaml", line: 3, setting: "limits.step", problem: "unknown" },
      wanted: { is: "one-of", choices: ["steps", "turns"] },
      more: [
        {
          line: 5,
          setting: "concurrency",
          problem: "value",
          given: "0.5",
          wanted: { is: "whole", least: 1, most: 1_000_000 },
        },
      ],
    },
    {
      setting: "replan",
      problem: "value",
      given: '"each-step"',
      wanted: { is: "without-planner-function", value: "on-failure" },
    },
  ],
  BUDGET_UNPRICED: [{ model: "my-model" }],
  BAD_TOOL: [
    { tool: "pay.now", problem: "name" },
    { tool: "pay", problem: "description" },
    { tool: "pay", problem: "effects" },
    { tool: "pay", problem: "effects", given: '"write"' },
    { tool: "pay", problem: "mixed-schema", side: "output", at: "/receipt" },
    { tool: "pay", problem: "run" },
    { tool: "pay", problem: "input-not-object" },
    { tool: "pay", problem: "schema", side: "input", reason: "it is not a schema" },
    {
      ...{ tool: "pay", problem: "schema-part", side: "input" },
      fault: { at: "/properties/n/type", is: "type", given: "numbr", types: ["string", "number"], write: "number" },
    },
    {
      tool: "pay",
      problem: "schema-part",
      side: "input",
      fault: { at: "/requird", is: "keyword", keyword: "requird", write: "required" },
    },
    {
      tool: "pay",
      problem: "schema-part",
      side: "input",
      fault: { at: "/minLength", is: "value", keyword: "minLength", wanted: "count" },
    },
    { tool: "pay", problem: "schema-part", side: "input", fault: { at: "/pattern", is: "pattern", given: "(" } },
    {
      tool: "pay",
      problem: "schema-part",
      side: "output",
      fault: { at: "/items/$ref", is: "reference", given: "#/$defs/a" },
    },
    {
      tool: "pay",
      problem: "schema-part",
      side: "input",
      fault: { at: "/properties/n", is: "never", first: "minimum 5", second: "maximum 3" },
    },
    {
      tool: "pay",
      problem: "schema-part",
      side: "input",
      fault: { at: "", is: "required", name: "amuont", properties: ["amount"], write: "amount" },
    },
    { tool: "(none)", problem: "definition", given: "a function" },
    {
      ...{ tool: "pay", problem: "keys", known: ["name", "approval"] },
      keys: [{ key: "needsApproval", write: 'approval: "required"' }, { key: "title", write: "" }, { key: "color" }],
    },
    { tool: "pay", problem: "value", key: "approval", given: "true", wanted: "required" },
    { tool: "pay", problem: "content", argument: "note", arguments: ["amount", "text"] },
    { tool: "pay", problem: "timeout", given: "soon" },
  ],
  MCP_UNAVAILABLE: [
    { server: "fs", problem: { is: "failed", reason: "spawn mcp-server-filesystem ENOENT" } },
    { server: "fs", problem: { is: "ended", stderr: "Error: no folder" } },
    { server: "fs", problem: { is: "silent", ms: 60_000 } },
    { server: "crm", problem: { is: "status", status: 503, text: "down" } },
    { server: "crm", problem: { is: "flood", messages: 10_000, ms: 10_000 } },
    { server: "crm", problem: { is: "too-large", bytes: 10_485_760 } },
    { server: "crm", problem: { is: "endless-list", pages: 100 } },
    { server: "crm", problem: { is: "elsewhere", host: "10.0.0.1" } },
  ],
  MCP_LOGIN_NEEDED: [{ server: "crm" }],
  DUPLICATE_TOOL: [{ tool: "search" }],
  BAD_FOLDER: [
    { problem: "missing", folder: "documents" },
    { problem: "not-a-folder", folder: "documents" },
    { problem: "same-name" },
    { problem: "none" },
  ],
  BAD_SEARCH: [{ address: "localhost" }],
  SECRET_TOO_SHORT: [{ secret: "TOKEN", least: 8 }],
  NO_PLANNER: [{}],

  // Models
  MODEL_NOT_SET: [{ role: "executor" }, {}],
  MODEL_NO_ENDPOINT: [
    { role: "planner", model: "llama3" },
    { role: "planner", model: "gpt-4o", use: "openai:gpt-4o" },
    { role: "planner", model: "claude-opus-4-6", use: "anthropic:claude-opus-4-6", install: "@ai-sdk/anthropic@3" },
  ],
  MODEL_BAD_ENDPOINT: [
    { url: "(not a URL)", problem: "not-http" },
    {
      url: "localhost:8000/v1",
      problem: "not-http",
      role: "planner",
      setting: "--base-url",
      write: "http://localhost:8000/v1",
    },
    { url: "http://localhost:8000/v1", problem: "credentials" },
  ],
  MODEL_BAD_SETTING: [
    { role: "planner", setting: "body" },
    { role: "planner", setting: "providerOptions", only: "package" },
    { role: "executor", setting: "reasoningEffort", only: "options" },
    { role: "executor", setting: "topP", wanted: "share" },
    { setting: "PLANLOOM_HEADERS", wanted: "header-text" },
  ],
  MODEL_UNKNOWN_PROVIDER: [
    { role: "planner", model: "gemini:gemini-2.5-pro", use: "google:gemini-2.5-pro", install: "@ai-sdk/google@3" },
    { role: "planner", model: "openai/gpt-4o", use: "openai:gpt-4o" },
    { role: "planner", model: "ollama:qwen3", use: "qwen3", address: "http://localhost:11434/v1" },
  ],
  MODEL_UNSUPPORTED: [{ package: "@ai-sdk/openai", install: "@ai-sdk/openai@3" }, { install: "@ai-sdk/openai@3" }],
  PROVIDER_NOT_INSTALLED: [
    { model: "anthropic:claude", package: "@ai-sdk/anthropic", install: "@ai-sdk/anthropic@3" },
    {
      ...{ model: "google:gemini-2.5-flash", package: "@ai-sdk/google", install: "@ai-sdk/google@3" },
      reason: "Cannot find module '@ai-sdk/provider'",
    },
  ],
  PROVIDER_UNREACHABLE: [
    { ...server, reason: "ECONNREFUSED" },
    { ...server, label: "api.openai.com/v1", reason: "ENOTFOUND" },
    { ...server, label: "@ai-sdk/anthropic", reason: "ETIMEDOUT" },
  ],
  PROVIDER_UNAUTHORIZED: [
    { ...server, status: 401, text: "Incorrect API key provided." },
    { ...server, status: 403, text: "The header X-Tenant is missing." },
    { ...server },
  ],
  PROVIDER_RATE_LIMITED: [{ ...server, status: 429, text: "Rate limit reached." }],
  PROVIDER_TIMEOUT: [
    { ...server, problem: "no-sign", timeoutMs: 120_000 },
    { ...server, problem: "no-reply", timeoutMs: 600_000 },
    { ...server, problem: "silent", reason: "UND_ERR_HEADERS_TIMEOUT" },
    { ...server, problem: "status", status: 408 },
  ],
  PROVIDER_REFUSED: [
    { ...server, status: 400, text: "max_tokens is too large." },
    { ...server, status: 404, text: "Not here." },
    { ...server, text: "tool calls" },
    { ...server, status: 429, text: "You exceeded your current quota.", about: "quota" },
    { ...server, status: 400, text: "The prompt is too long.", about: "length" },
    { ...server, status: 404, text: "The model does not exist.", about: "model" },
    { ...server, status: 404, text: "No models loaded.", about: "not-loaded" },
    { ...server, status: 404, text: "404 page not found", about: "path" },
    { ...server, status: 400, text: "Invalid API key.", about: "key" },
    { ...server, status: 400, text: "Filtered by the content policy.", about: "filter" },
    { ...server, status: 400, text: "max_tokens is too large.", about: "setting", setting: "maxOutputTokens" },
    { ...server, status: 400, text: "m does not support tools", about: "tools" },
  ],
  PROVIDER_FAILED: [
    { ...server, problem: "status", status: 503, text: "Loading model." },
    { ...server, problem: "cut", reason: "ECONNRESET" },
    { ...server, problem: "unreadable", text: "<html>" },
    { ...server, problem: "no-room" },
    { model: "my-model", problem: "not-a-reply" },
  ],

  // Plans and runs
  PLAN_INVALID: [
    { findings: [unknownTool] },
    { findings: [unknownTool], source: { from: "file", name: "plan.yaml" } },
    { findings: [missingInput], source: { from: "file", name: "plan.yaml" } },
    { findings: [unknownTool], source: { from: "input", name: "stdin" } },
    { findings: [missingInput], source: { from: "run", runId: "RUN" } },
    { findings: [unknownTool], source: { from: "planner" } },
  ],
  GOAL_EMPTY: [{}, { of: "plan" }, { of: "change" }],
  GOAL_NOT_TEXT: [{ given: "a record" }],
  GOAL_TOO_LONG: [{ chars: 30_000, limit: 20_000 }],
  INPUTS_NOT_JSON: [{ problem: { path: ["since"], is: "instance", of: "Date" } }],
  VALUE_NOT_JSON: [
    { of: "answer", problem: { path: ["prices", 2], is: "type", type: "bigint" } },
    { of: "output", problem: { path: [], is: "cycle" } },
    { of: "expected", problem: { path: ["total"], is: "type", type: "bigint" } },
  ],
  AFTER_INVALID: [{ given: "-1" }],
  RUN_ID_INVALID: [
    { chars: 0, limit: 200 },
    { chars: 2, limit: 200, given: '".."' },
  ],
  TRUST_INVALID: [
    { input: "order", value: "mine", inputs: ["order"] },
    { input: "rows", value: "trusted", inputs: [] },
  ],
  ANSWER_SCHEMA_INVALID: [
    { mixedAt: "/total" },
    {
      fault: {
        at: "/items/unevaluatedProperties",
        is: "unchecked",
        keyword: "unevaluatedProperties",
        write: "additionalProperties",
      },
    },
    { fault: { at: "/contentSchema", is: "unchecked", keyword: "contentSchema" } },
    { fault: { at: "", is: "size", bytes: 70_000, most: 65_536 } },
    { fault: { at: "", is: "depth", most: 64 } },
    { fault: { at: "/allOf/9", is: "nodes", most: 5_000 } },
    { problem: { path: ["properties", "a"], is: "cycle" } },
    { reason: "it cannot be written as JSON Schema (Date cannot be represented in JSON Schema)" },
    { file: "answer.json" },
  ],
  ANSWER_SCHEMA_DIFFERS: [
    { runId: "RUN", recorded: true },
    { runId: "RUN", recorded: false },
  ],
  ANSWER_REFUSED: [{ runId: "RUN", reason: "total: must be the sum of the items" }],
  TAGS_INVALID: [
    { given: '""', tags: 1, limit: 20, chars: 200 },
    { tags: 21, limit: 20, chars: 200 },
  ],
  MODEL_FUNCTION_FAILED: [{ role: "executor", reason: "no key for tenant acme" }],
  FILE_INPUT_INVALID: [
    { file: "report.pdf", problem: "too-large", most: 6_290_456 },
    { file: "report.txt", problem: "not-utf8", mediaType: "text/plain" },
  ],
  MESSAGES_INVALID: [
    { fault: "not-a-list" },
    { fault: "role", index: 0 },
    { fault: "unknown", index: 2, field: "name" },
  ],
  MESSAGES_TOO_LONG: [
    { messages: 300, tokens: 900, limit: 200, tokenLimit: 50_000 },
    { messages: 20, tokens: 61_000, limit: 200, tokenLimit: 50_000 },
  ],
  START_ABORTED: [{}],
  SIGNAL_INVALID: [{}],
  CONTEXT_NOT_JSON: [
    { problem: { path: ["db"], is: "instance", of: "Pool" }, isObject: true },
    { problem: { path: [], is: "type", type: "string" }, isObject: false },
  ],
  CONTEXT_HOLDS_SECRET: [{ secret: "CRM_KEY" }],
  CONTEXT_NEEDED: [
    { runId: "RUN", fields: ["db"] },
    { runId: "RUN", fields: ["db", "user"], config: null },
    { runId: "RUN", fields: ["db"], config: "/srv/app/planloom.config.ts" },
    { runId: "RUN", fields: ["db"], config: null, searched: "/srv/app" },
    { runId: "RUN", fields: ["db"], config: null, untrusted: "/srv/app" },
  ],
  CONTEXT_FAILED: [
    { runId: "RUN", reason: "connect ECONNREFUSED 10.0.0.4:5432" },
    { runId: "RUN", ms: 60_000 },
  ],
  CONTEXT_UNCLEAR: [{ problem: "both" }, { problem: "no-resolver" }],
  RUN_EXISTS: [{ runId: "RUN" }],
  RUN_UNKNOWN: [{ name: "RUN", store }, { store }],
  APPROVAL_UNKNOWN: [{ runId: "RUN", hash: "8c4107d2" }],
  CURSOR_INVALID: [{}],
  QUERY_INVALID: [{ field: "limit", given: "-1" }, { field: "status", given: '"done"' }, { field: "tags" }],
  PROCESS_LACKS: [
    { runId: "RUN", tools: ["pay"], secrets: [], models: [], config: "/home/ann/planloom.config.ts" },
    { runId: "RUN", tools: [], secrets: ["API_KEY", "PIN"], models: ["executor"], config: null },
    { runId: "RUN", tools: ["pay", "ship"], secrets: ["PIN"], models: ["planner", "synthesizer"] },
    { runId: "RUN", tools: ["search", "read_file", "list_files"], secrets: [], models: [], config: null },
    { runId: "RUN", tools: ["pay"], secrets: [], models: [], config: null, searched: "/home/ann" },
    { runId: "RUN", tools: ["pay"], secrets: [], models: [], ended: true },
    { runId: "RUN", tools: ["pay"], secrets: [], models: [], config: null, untrusted: "/home/ann/shop" },
  ],
  RUN_OWNED: [
    { runId: "RUN", owner: { host: "laptop", pid: "4711", since: 1_764_489_600_000, alive: true } },
    { runId: "RUN", owner: { host: "laptop", pid: "4711", leaseUntil: 1_764_489_615_000 } },
    { runId: "RUN" },
  ],
  ENGINE_CLOSED: [{ runId: "RUN" }],
  KEY_INVALID: [{ problem: "run-id" }, { problem: "length", chars: 0, limit: 500 }],
  KEY_REUSED: [{ runId: "r-1" }],
  SETTING_LOOSER: [{ setting: "approval", given: "never", configured: "effects" }],
  INPUT_REUSED: [{ runId: "r-1", inputId: "click-7" }],
  COMMAND_INVALID: [
    { problem: "no-type" },
    { problem: "unknown", type: "stop" },
    { problem: "field", type: "respond" },
    { problem: "sender", by: "engine" },
  ],
  RUN_NOT_ENDED: [{ runId: "RUN" }],
  NOTHING_TO_RETRY: [{ runId: "RUN" }],
  UNKNOWN_STEP: [{ runId: "RUN", step: "find" }],
  NO_SUCH_STEP: [{ runId: "RUN", step: "find" }],
  STEP_UNKNOWN: [{ runId: "RUN", step: "pay" }],
  STEP_UNUSABLE: [{ runId: "RUN", step: "pay" }],

  // Recordings
  RUN_NOT_STOPPED: [{ runId: "RUN" }],
  RECORDING_INVALID: [
    { file: "run.json", problem: "version" },
    { file: "run.json", problem: "no-run" },
    { file: "run.json", problem: "empty" },
    { file: "run.json", problem: "unreadable", reason: "Unexpected end of JSON input" },
    { problem: "answer", seq: 12, type: "input.refused" },
  ],
  // Exports
  OPENED_GONE: [{ id: "file~AAAAAAAAAAAAAAAAAAAAAA" }],
  EXPORT_INVALID: [
    { file: "run.json", problem: "not-export" },
    { file: "run.json", problem: "incomplete" },
    { file: "run.json", problem: "recording" },
    { file: "run.json", problem: "unreadable", reason: "Unexpected end of JSON input" },
    { problem: "newer", version: 2, known: 1 },
    { file: "run.json", problem: "too-large", mebibytes: 256 },
  ],
  EXPORT_DAMAGED: [
    { file: "run.json", runId: "RUN", part: "event", seq: 7 },
    { runId: "RUN", part: "seal" },
  ],
  EXPORT_NOT_POSSIBLE: [{ runId: "RUN", seq: 3, secrets: ["BANK_KEY"] }],
  STORE_READ_ONLY: [{ store: "export run.json" }],
  RECORDING_DIFFERS: [
    { differs: "changed", name: "call/find/1", recorded: { args: { q: "a" } }, now: { args: { q: "b" } } },
    { differs: "new", name: "call/find/0/1", recorded: null, now: { args: {} } },
    { differs: "gone", name: "approval/pay/", recorded: { amount: 2 }, now: null },
    { differs: "end", recorded: { status: "completed" }, now: { status: "failed" } },
    { differs: "command", command: "approve", recorded: { type: "approve" }, now: { code: "NOTHING_TO_APPROVE" } },
    { differs: "plan", findings: [unknownTool] },
  ],
  REPLAY_DIFFERS: [
    { runId: "RUN", differences: [{ seq: 8, field: "data.decision", recorded: "retry", replayed: "fail" }] },
  ],

  // Store
  STORE_UNKNOWN: [{ scheme: "postgres" }],
  STORE_FAILED: [
    { problem: "closed", path: store },
    { problem: "place", path: store, reason: "EACCES: permission denied" },
    { problem: "folder", path: "/srv/app" },
    { problem: "forbidden", path: store, reason: "attempt to write a readonly database" },
    { problem: "failed", path: store, reason: "disk I/O error" },
    { problem: "no-write-ahead-log", path: store, mode: "delete" },
    { problem: "foreign", path: "notes.db" },
    { problem: "active", path: store, of: "approves" },
    { problem: "link", path: store, of: store },
    { problem: "owner", path: store, of: "/srv/app/.planloom" },
    { problem: "no-file", path: store, of: `${store}-wal` },
    { problem: "no-sqlite", reason: "Cannot find package", least: "3.51.3" },
    { problem: "no-sqlite", reason: "No native build was found", builtIn: "3.46.1", least: "3.51.3" },
    { problem: "not-json", reason: "Do not know how to serialize a BigInt" },
  ],
  STORE_BUSY: [{ path: store }],
  STORE_FULL: [{ path: store }],
  STORE_DAMAGED: [
    { path: store, damage: "file", reason: "database disk image is malformed" },
    { path: store, damage: "version", version: 2 },
    { path: store, damage: "log-without-file" },
    { path: store, damage: "log-head" },
    { path: store, damage: "log-middle" },
  ],
  STORE_NEWER: [{ path: store, version: 9, known: 2 }],
  STORE_SQLITE_TOO_OLD: [{ version: "3.45.0", least: "3.51.3" }],
  STORE_FENCED: [{ runId: "RUN", epoch: 2, present: 3 }],
  STORE_CONFLICT: [{ runId: "RUN", expected: 7, present: 9 }],
  RUN_DAMAGED: [
    { runId: "RUN", soundTo: 7, damage: "event-missing", seq: 8 },
    { runId: "RUN", soundTo: 7, damage: "event-unreadable", seq: 8 },
    { runId: "RUN", soundTo: 7, damage: "event-unreadable", seq: 8, reason: "no steps" },
    { runId: "RUN", soundTo: 7, damage: "event-unlinked", seq: 8 },
    { runId: "RUN", soundTo: 7, damage: "event-deep", seq: 8 },
    { runId: "RUN", soundTo: 7, damage: "event-unlinked", seq: 8, recording: "run.json" },
    { runId: "RUN", soundTo: 7, damage: "event-missing", seq: 8, recording: null },
    { runId: "RUN", soundTo: 7, damage: "event-foreign", seq: 8, belongsTo: "run_other" },
    { runId: "RUN", soundTo: 7, damage: "event-unfit", seq: 8, type: "step.completed", reason: "no such step" },
    { runId: "RUN", soundTo: 7, damage: "event-changed", seq: 8, row: { fault: "checksum" } },
    { runId: "RUN", soundTo: 7, damage: "event-changed", seq: 8, row: { fault: "blob-missing", hash: "9f3a" } },
    { runId: "RUN", soundTo: 7, damage: "event-changed", seq: 8, row: { fault: "blob-changed", hash: "9f3a" } },
    { runId: "RUN", soundTo: 7, damage: "event-changed", seq: 8, row: { fault: "unreadable", reason: "bad JSON" } },
    { runId: "RUN", soundTo: 7, damage: "head-missing" },
    { runId: "RUN", soundTo: 7, damage: "head-changed" },
    { runId: "RUN", soundTo: 7, damage: "command-missing", cursor: 2 },
    { runId: "RUN", soundTo: 7, damage: "command-changed", cursor: 2, row: { fault: "checksum" } },
    { runId: "RUN", soundTo: 7, damage: "journal-short", found: 3, written: 4 },
    { runId: "RUN", soundTo: 7, damage: "journal-changed", step: "find", attempt: 1, n: 2, row: { fault: "checksum" } },
  ],
  EVENT_NEWER: [{ runId: "RUN", seq: 8, version: 9, known: EVENT_VERSION }],
};

/** One error for each sample of a code. */
export function sampleErrors(code: ErrorCode): readonly PlanloomError[] {
  return ERROR_SAMPLES[code].map((params) => new PlanloomError(...([code, params] as unknown as ErrorSubject)));
}

export const TOOL_SAMPLES: { readonly [Code in ToolFailureCode]: readonly ToolFailureParams[Code][] } = {
  // calculate
  CALC_SYNTAX: [
    { position: 4, problem: "operand", text: "" },
    { position: 6, problem: "rest", text: ")" },
    { position: 1, problem: "character", text: "$" },
    { position: 4, problem: "percent" },
    { position: 3, problem: "rest", text: "3" },
    { position: 4, problem: "rest", text: "," },
    { position: 7, problem: "open", text: "", parenthesis: 1 },
    { position: 3, problem: "double-star" },
  ],
  CALC_NUMBER: [
    { position: 5, problem: "leading-zero", text: "000" },
    { position: 1, problem: "point", text: "1.2", next: "." },
    { position: 3, problem: "unit", text: "12", next: "k" },
  ],
  CALC_NAME: [
    { position: 1, problem: "variable", name: "wage", known: ["salary", "pi", "e"] },
    { position: 1, problem: "function", name: "log", known: ["ln"] },
    { position: 1, problem: "function", name: "eval", known: ["ln", "sqrt"] },
    { position: 1, problem: "is-a-function", name: "sqrt" },
  ],
  CALC_VARIABLE: [{ position: 1, name: "a b" }],
  CALC_LIST: [{ position: 1, name: "prices" }],
  CALC_ARGUMENTS: [
    { position: 1, name: "abs", given: 2, least: 1, most: 1 },
    { position: 1, name: "min", given: 0, least: 1 },
    { position: 1, name: "round", given: 3, least: 1, most: 2 },
  ],
  CALC_EXPONENT: [{ position: 3, exponent: 1e9, limit: 1e6 }],
  CALC_DIVISION_BY_ZERO: [
    { position: 3, problem: "division" },
    { position: 3, problem: "power" },
  ],
  CALC_NOT_A_NUMBER: [{ position: 1, of: "text", text: "sqrt(-1)" }],
  CALC_OVERFLOW: [
    { position: 7, of: "product" },
    { position: 1, of: "literal", text: "1e999" },
    { position: 5, of: "item", text: "prices" },
  ],
  CALC_TOO_MANY: [{ position: 5, limit: 500_000 }],
  CALC_TOO_LONG: [{ position: 2001 }],
  CALC_TOO_DEEP: [{ position: 61 }],

  // Files
  FILE_NOT_FOUND: [{ path: "notes/a.md" }],
  FILE_OUTSIDE: [
    { path: "../a.md", why: "parent" },
    { path: "/etc/hosts", why: "absolute" },
    { path: "near/x.txt", why: "link" },
    { path: "other/a.md", why: "folder", folders: ["notes", "reports"] },
    { path: "gone", why: "broken-link" },
    { path: "loop", why: "link-loop" },
    { path: "a\\0b", why: "nul" },
  ],
  FILE_CLOSED: [{ path: ".env" }],
  FILE_NOT_A_FILE: [
    { path: "notes", is: "folder" },
    { path: "notes", is: "folder-to-write" },
    { path: "pipe", is: "special" },
    { path: "notes", is: "folder-or-special" },
    { path: "a.md/b", is: "folder-or-below-a-file" },
    { path: ".", is: "top", folders: ["notes", "reports"] },
  ],
  FILE_NOT_A_FOLDER: [{ path: "a.md" }],
  FILE_BINARY: [{ path: "photo.jpg" }],
  FILE_TOO_LARGE: [{ path: "big.txt", limit: 4_194_304 }],
  FILE_TOO_MANY: [
    { problem: "fitting", limit: 10_000 },
    { problem: "entries", limit: 100_000 },
    { problem: "depth", path: "a/b/c", limit: 40 },
  ],
  FILE_GLOB: [{ glob: "*.{md,txt}" }],
  FILE_NAME: [{}],
  FILE_DENIED: [{ path: "notes/a.md" }],
  FILE_FAILED: [{ path: "notes/a.md", reason: "EIO" }],
  SEARCH_FOLDER_TOO_LARGE: [{ texts: 10_000, bytes: 268_435_456 }],

  // Network and models
  FETCH_URL: [
    { problem: "not-a-url", url: "example" },
    { problem: "protocol", protocol: "ftp:" },
    { problem: "credentials", host: "example.com" },
  ],
  FETCH_ADDRESS: [{ host: "intranet", address: "10.0.0.1" }, { host: "127.0.0.1" }],
  FETCH_REDIRECTS: [{ url: "https://example.com/", limit: 5 }],
  FETCH_STATUS: [{ url: "https://example.com/", status: 503 }],
  FETCH_TYPE: [
    { url: "https://example.com/a.pdf", problem: "not-text", type: "application/pdf" },
    { url: "https://example.com/a", problem: "not-text" },
    { url: "https://example.com/a", problem: "packed", encoding: "zstd" },
  ],
  FETCH_TOO_LARGE: [{ url: "https://example.com/", limit: 2_097_152 }],
  FETCH_FAILED: [{ url: "https://example.com/", reason: "getaddrinfo ENOTFOUND example.com" }],
  SEARCH_FAILED: [
    { problem: "request", reason: "http://localhost:8888/search answered with status 403.", status: 403 },
    { problem: "not-json", type: "text/html" },
    { problem: "not-results" },
  ],
  SUMMARIZE_TEXT: [
    { chars: 0, limit: 200_000 },
    { chars: 300_000, limit: 200_000 },
  ],
  SUMMARIZE_EMPTY: [{}],
  SUMMARIZE_FAILED: [{ reason: "localhost:8000/v1 (executor model m) answered 500." }],
};

/** What each sample of a code says, and what a person can do beyond that. */
export function toolSamples<Code extends ToolFailureCode>(code: Code): readonly ReturnType<typeof toolFailureWords>[] {
  return TOOL_SAMPLES[code].map((params) => toolFailureWords(code, params));
}
