// Which settings a role gets, as a table.
import { describe, expect, it } from "vitest";
import {
  describeRole,
  resolveRoles,
  type RoleSettings,
  type RoleSources,
  type ListedSettings,
} from "../../src/model/settings/role.js";
import { scriptedModel } from "../../src/testing/index.js";

const planner = (sources: Partial<RoleSources>): RoleSettings => resolveRoles({ env: {}, ...sources }).planner;

const LOCAL = "http://localhost:8000/v1";
const OTHER = "http://other:9000/v1";
const OPENAI = "https://api.openai.com/v1";

describe("precedence", () => {
  const everything = {
    flags: { planner: { model: "1" }, model: "2" },
    env: { PLANLOOM_PLANNER_MODEL: "3", PLANLOOM_MODEL: "5" },
    config: { planner: { model: "4" }, model: "6" },
  };
  const { flags, env, config } = everything;
  it.each<[string, Partial<RoleSources>]>([
    ["1", everything],
    ["2", { ...everything, flags: { model: flags.model } }],
    ["3", { env, config }],
    ["4", { config, env: { PLANLOOM_MODEL: "5" } }],
    ["5", { config: { model: "6" }, env: { PLANLOOM_MODEL: "5", PLANLOOM_PLANNER_MODEL: "" } }],
    ["6", { config: { model: "6" } }],
  ])("layer %s decides where the layers above are silent", (expected, sources) => {
    expect(planner(sources).model).toBe(expected);
  });

  it("decides each field by itself, and each role", () => {
    const roles = resolveRoles({
      env: { PLANLOOM_BASE_URL: LOCAL, PLANLOOM_EXECUTOR_MODEL: "small" },
      config: { model: "large", timeout: 5, synthesizer: { temperature: 1, instructions: "Rhyme." } },
    });
    expect(roles).toEqual({
      planner: { model: "large", baseURL: LOCAL, timeout: 5 },
      executor: { model: "small", baseURL: LOCAL, timeout: 5 },
      synthesizer: { model: "large", baseURL: LOCAL, timeout: 5, temperature: 1, instructions: "Rhyme." },
    });
  });

  it("gives nothing where nothing is set", () => {
    expect(resolveRoles({ env: {} })).toEqual({ planner: {}, executor: {}, synthesizer: {} });
  });
});

describe("base URL and key", () => {
  it.each<[string, Partial<RoleSources>, string | undefined, string | undefined]>([
    ["OpenAI's key alone", { env: { OPENAI_API_KEY: "o" } }, OPENAI, "o"],
    ["OpenAI's variables", { env: { OPENAI_API_KEY: "o", OPENAI_BASE_URL: OTHER } }, OTHER, "o"],
    ["no variable", { env: {} }, undefined, undefined],
    ["OpenAI's key and a local server", { env: { OPENAI_API_KEY: "o", PLANLOOM_BASE_URL: LOCAL } }, LOCAL, undefined],
    [
      "OpenAI's key and OpenAI's address",
      { env: { OPENAI_API_KEY: "o" }, config: { baseURL: `${OPENAI}/` } },
      `${OPENAI}/`,
      "o",
    ],
    [
      "general variables",
      { env: { PLANLOOM_BASE_URL: LOCAL, PLANLOOM_API_KEY: "g", OPENAI_API_KEY: "o" } },
      LOCAL,
      "g",
    ],
    [
      "a role's variables",
      {
        env: {
          PLANLOOM_BASE_URL: LOCAL,
          PLANLOOM_API_KEY: "g",
          PLANLOOM_PLANNER_BASE_URL: OTHER,
          PLANLOOM_PLANNER_API_KEY: "p",
        },
      },
      OTHER,
      "p",
    ],
    [
      "a role's server beside a general one",
      { env: { PLANLOOM_BASE_URL: LOCAL, PLANLOOM_API_KEY: "g", PLANLOOM_PLANNER_BASE_URL: OTHER } },
      OTHER,
      undefined,
    ],
    [
      "a role's server and only a general key",
      { env: { PLANLOOM_API_KEY: "g", PLANLOOM_PLANNER_BASE_URL: OTHER } },
      OTHER,
      "g",
    ],
    [
      "a general key for the server in the configuration",
      { env: { PLANLOOM_API_KEY: "g" }, config: { baseURL: LOCAL } },
      LOCAL,
      "g",
    ],
    [
      "a general key and server from two places, and a role's server",
      { env: { PLANLOOM_API_KEY: "g" }, config: { baseURL: LOCAL, planner: { baseURL: OTHER } } },
      OTHER,
      undefined,
    ],
    [
      "a key of the configuration and another server by flag",
      { env: {}, flags: { baseURL: OTHER }, config: { baseURL: LOCAL, apiKey: "c" } },
      OTHER,
      undefined,
    ],
    [
      "another path of the same server",
      { env: {}, config: { baseURL: LOCAL, apiKey: "c", planner: { baseURL: "http://localhost:8000/large/v1" } } },
      "http://localhost:8000/large/v1",
      "c",
    ],
  ])("%s", (_case, sources, baseURL, apiKey) => {
    const settings = planner({ ...sources, config: { model: "m", ...sources.config } });
    expect([settings.baseURL, settings.apiKey]).toEqual([baseURL, apiKey]);
  });

  it("are not taken over for a model that knows its own address", () => {
    const env = {
      PLANLOOM_BASE_URL: LOCAL,
      PLANLOOM_API_KEY: "g",
      OPENAI_API_KEY: "o",
      PLANLOOM_PLANNER_MODEL: "anthropic:claude-x",
    };
    expect(planner({ env })).toEqual({ model: "anthropic:claude-x" });
    expect(planner({ env: { ...env, PLANLOOM_PLANNER_API_KEY: "a" } })).toEqual({
      model: "anthropic:claude-x",
      apiKey: "a",
    });
    const model = scriptedModel([]);
    expect(planner({ env: { PLANLOOM_BASE_URL: LOCAL }, config: { planner: { model } } })).toEqual({ model });
  });

  it("are taken over for a model of Ollama with a tag", () => {
    expect(planner({ env: { PLANLOOM_BASE_URL: LOCAL }, config: { planner: { model: "mistral:7b" } } })).toEqual({
      model: "mistral:7b",
      baseURL: LOCAL,
    });
  });
});

describe("the description of a role", () => {
  it.each<[RoleSettings, string]>([
    [{}, "no model"],
    [{ model: "gpt-4o" }, "gpt-4o (no base URL)"],
    [{ model: "gpt-4o", baseURL: "http://me:pw@host:8000/v1/?key=pw", apiKey: "pw" }, "gpt-4o at http://host:8000/v1"],
    [{ model: "anthropic:claude-x", apiKey: "pw" }, "claude-x (@ai-sdk/anthropic)"],
    [{ model: scriptedModel([], { name: "mine" }) }, "mine"],
  ])("of %o is %s", (settings, expected) => {
    expect(describeRole(settings)).toBe(expected);
  });
});

describe("a role with a list of models", () => {
  const list = (...models: RoleSettings[]): ListedSettings => ({ ...models[0], fallbacks: models.slice(1) });

  it("resolves each of them as if it stood there alone", () => {
    const { executor } = resolveRoles({
      env: {},
      config: {
        ...{ baseURL: "http://one:1/v1", apiKey: "key-of-one", temperature: 0 },
        executor: list({ model: "a" }, { model: "b", baseURL: "http://two:2/v1" }, { model: "c", apiKey: "other-key" }),
      },
    });
    expect(executor).toEqual({
      ...{ model: "a", baseURL: "http://one:1/v1", apiKey: "key-of-one", temperature: 0 },
      fallbacks: [
        { model: "b", baseURL: "http://two:2/v1", temperature: 0 },
        { model: "c", baseURL: "http://one:1/v1", apiKey: "other-key", temperature: 0 },
      ],
    });
    expect(describeRole(executor)).toBe("a at http://one:1/v1, then b at http://two:2/v1, then c at http://one:1/v1");
  });

  it("is replaced as a whole where a flag or a variable names a model", () => {
    const config = { executor: list({ model: "a" }, { model: "b" }) };
    expect(resolveRoles({ env: { PLANLOOM_EXECUTOR_MODEL: "x" }, config }).executor).toEqual({ model: "x" });
    expect(resolveRoles({ env: {}, flags: { model: "x" }, config }).executor).toEqual({ model: "x" });
  });

  it("of all roles gives way to the model of a role", () => {
    const { planner, executor } = resolveRoles({
      env: {},
      config: { ...list({ model: "a" }, { model: "b" }), planner: { model: "p" } },
    });
    expect([planner, executor]).toEqual([{ model: "p" }, { model: "a", fallbacks: [{ model: "b" }] }]);
  });
});
