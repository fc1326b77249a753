// Settings out of range are refused when a loom is opened: all at once, each by its name.
import { expect, onTestFinished, test } from "vitest";
import { lineOfSetting } from "../../src/cli/config-lines.js";
import { durationText } from "../../src/words/phrases.js";
import { agent, createLoom } from "../../src/index.js";
import { scriptedModel } from "../../src/testing/index.js";
import { isNearHost } from "../../src/near-host.js";
import { addressFault } from "../../src/model/settings/endpoint.js";
import { check } from "../../src/plan/check/check.js";
import { PlanloomError } from "../../src/words/planloom-error.js";

async function refusedSettings(config: object): Promise<readonly string[]> {
  const loom = await createLoom({ store: "memory", ...config }, { env: {} }).catch((error: unknown) => error);
  if (!(loom instanceof PlanloomError)) return [];
  expect(loom.code).toBe("CONFIG_INVALID");
  const { setting, more = [] } = loom.params as { setting: string; more?: { setting: string }[] };
  return [setting, ...more.map((one) => one.setting)];
}

const NEVER = [Number.NaN, Infinity, -1, 0.5, 1e300, "3", null, 3n] as const;
const COUNTS = ["concurrency", "budget.modelCalls", "budget.tokens", "budget.wallMs", "limits.steps"].concat(
  ["planBytes", "offeredTools", "turns", "fanOut", "repairRounds", "rejections", "approvalMs", "replans"].map(
    (name) => `limits.${name}`,
  ),
);
const ROLE_COUNTS = ["maxOutputTokens", "requestsPerMinute", "tokensPerMinute", "maxConcurrent"];

/** `{ limits: { steps: value } }` for `limits.steps`. */
const put = (setting: string, value: unknown): object =>
  setting
    .split(".")
    .reverse()
    .reduce<unknown>((inner, name) => ({ [name]: inner }), value) as object;

test.each(COUNTS)("%s takes no number out of its range", async (setting) => {
  for (const value of NEVER) expect([value, await refusedSettings(put(setting, value))]).toEqual([value, [setting]]);
  expect(await refusedSettings(put(setting, 3))).toEqual([]);
});

test.each(ROLE_COUNTS)("%s of a role takes no number out of its range", async (name) => {
  const setting = `models.executor.${name}`;
  for (const value of NEVER) expect([value, await refusedSettings(put(setting, value))]).toEqual([value, [setting]]);
});

test.each<[string, readonly unknown[]]>([
  ["limits.approvalMs", [8.64e15, 0, 1e15]],
  ["limits.replanTokens", [Number.NaN, -1, Infinity, "many"]],
  ["limits.replanCostUsd", [Number.NaN, -0.01, Infinity, 1e300]],
  ["budget.costUsd", [Number.NaN, -1, Infinity, 1e300, "1"]],
  ["models.default.temperature", [2.1, -0.1, Number.NaN, "hot"]],
  ["models.default.topP", [0, 1.5]],
  ["models.default.seed", [1.5, 1e300]],
  ["models.default.timeout", [0, -1, Infinity, 1e300, "30s"]],
  ["models.default.totalTimeout", [0, Number.NaN]],
  ["builtins.files.write", ["yes"]],
  ["builtins.fetch.allowHosts", ["example.com"]],
])("%s is refused: %o", async (setting, values) => {
  const beside = setting.startsWith("builtins.files") ? { roots: ["."] } : {};
  for (const value of values) {
    const config = put(setting, value) as { builtins?: { files?: object } };
    if (config.builtins?.files) Object.assign(config.builtins.files, beside);
    expect([value, await refusedSettings(config)]).toEqual([value, [setting]]);
  }
});

test("all wrong settings are told at once, with what to write", async () => {
  const config = {
    concurency: 3,
    limits: { step: 5, turns: -1 },
    models: { planner: { baseURL: "localhost:1234" }, executor: { temperature: 9, apiKey: "sécret…" } },
    prices: { m: { inputUsdPerMTok: -1, outputUsdPerMTok: 1 } },
  };
  const error = (await createLoom(config as never, { env: {} }).catch((thrown: unknown) => thrown)) as PlanloomError;
  const each = ["concurency", "models.planner.baseURL", "models.executor.apiKey", "models.executor.temperature"];
  for (const setting of [...each, "prices.m.inputUsdPerMTok", "limits.step", "limits.turns"])
    expect(error.message).toContain(setting);
  expect(error.message).toMatch(/baseURL is localhost:1234.* Write http:\/\/localhost:1234\/v1\./);
  expect(error.message).not.toContain("sécret");
});

test.each([
  ["localhost:8000/v1", "http://localhost:8000/v1"],
  ["localhost:1234", "http://localhost:1234/v1"],
  ["localhost", "http://localhost/v1"],
  ["127.0.0.1:11434/v1", "http://127.0.0.1:11434/v1"],
  ["[::1]:8080", "http://[::1]:8080/v1"],
  ["gpu-box:8000/v1/", "http://gpu-box:8000/v1"],
  ["//localhost:8000/v1", "http://localhost:8000/v1"],
  ["htp://localhost:8000/v1", "http://localhost:8000/v1"],
  ["ws://localhost:8000/v1", "http://localhost:8000/v1"],
  ["api.example.com/v1", "https://api.example.com/v1"],
  ["https//api.example.com/v1", "https://api.example.com/v1"],
  ["sk-a-key", undefined],
  ["", undefined],
  ["not an address", undefined],
])("the address %s means %s", (text, write) => {
  expect(addressFault(text)).toMatchObject({ problem: "not-http" });
  expect(addressFault(text)?.write).toBe(write);
});

test("a server of one's own is told from a hosted one", () => {
  const near = ["localhost", "127.0.0.1", "10.1.2.3", "172.20.0.1", "192.168.1.5", "[::1]", "[fd00::1]", "ollama"];
  for (const host of [...near, "gpu.local", "host.docker.internal"])
    expect([host, isNearHost(host)]).toEqual([host, true]);
  for (const host of ["api.openai.com", "8.8.8.8", "172.32.0.1", "openrouter.ai", "[2606:4700::1]"])
    expect([host, isNearHost(host)]).toEqual([host, false]);
});

test.each<[object, boolean]>([
  [{ timeout: "10m" }, true],
  [{ timeout: "0s" }, false],
  [{ timeout: "99999999999999999999d" }, false],
  [{ timeout: `${"9".repeat(400)}ms` }, false],
  [{ retry: { delay: "4000d" } }, false],
  [{ retry: { delay: "0s" } }, true],
  [{ retry: { attempts: 1.5 } }, false],
  [{ retry: { attempts: 1e300 } }, false],
  [{ retry: { backoff: 1e300 } }, false],
  [{ forEach: "${{ [1] }}", maxParallel: 1e300 }, false],
])("a plan's step with %o is sound: %s", (more, sound) => {
  const step = { id: "a", tool: "t", ...more };
  const tools = [{ name: "t", description: "T.", input: { type: "object" }, effects: "none" } as const];
  expect(check({ steps: [step], answer: { value: 1 } }, { tools }).ok).toBe(sound);
});

test.each([
  [999.4, "999 ms"],
  [999.6, "1.0 s"],
  [59_940, "59.9 s"],
  [59_960, "1 min 0 s"],
  [119_400, "1 min 59 s"],
  [119_600, "2 min 0 s"],
  [3_599_400, "59 min 59 s"],
  [3_599_700, "1 h 0 min"],
  [7_499_000, "2 h 4 min"],
])("%i ms are %s", (ms, text) => expect(durationText(ms)).toBe(text));

test("a setting is found in the text of its file", () => {
  const yaml =
    "# limits: no\nconcurrency: 0\nmodels:\n  default: { model: m }\n  planner:\n    timeout: -1\nlimits:\n  turns: 0\n";
  const lines = ["concurrency", "models.planner.timeout", "limits.turns", "limits", "nobody"].map((setting) =>
    lineOfSetting(yaml.replace(/#.*/, ""), setting),
  );
  expect(lines).toEqual([2, 6, 8, 7, undefined]);
});

test.each([
  ["null", null],
  ["a list", []],
  ['"fast"', "fast"],
])("options that are no record are refused with a code: %s", async (given, value) => {
  const options = value as never;
  const model = scriptedModel(["Done."]);
  const one = agent({ store: "memory", model });
  onTestFinished(() => one.close());
  const loom = await one.loom();
  const run = await loom.run("Say done", { plan: { steps: [{ id: "a", agent: "Say done." }] } });
  const calls: Readonly<Record<string, () => unknown>> = {
    createLoom: () => createLoom(options),
    agent: () => agent(options).run("Go"),
    run: () => loom.run("Go", options),
    "run of an agent": () => one.run("Go", options),
    start: () => loom.start("Go", options),
    plan: () => loom.plan("Go", options),
    draft: () => loom.draft("Go", options),
    check: () => loom.check({ steps: [] }, options),
    estimate: () => loom.estimate({ steps: [] }, options),
    list: () => loom.list(options),
    runs: () => loom.runs(options),
    get: () => loom.get(run.runId, options),
    recover: () => loom.recover(options),
    approve: () => one.approve(run, options),
    reject: () => one.reject(run, "No", options),
    "approve of a run": async () => (await loom.get(run.runId)).approve("", options),
    "cancel of a run": async () => (await loom.get(run.runId)).cancel("", options),
  };
  for (const [name, call] of Object.entries(calls)) {
    const error = await Promise.resolve()
      .then(call)
      .catch((thrown: unknown) => thrown);
    expect([name, error instanceof PlanloomError && error.code]).toEqual([name, "CONFIG_INVALID"]);
    expect([name, String(error)]).toEqual([name, expect.stringContaining(` ${given}, not a record`)]);
  }
});
