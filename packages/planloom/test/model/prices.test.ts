// Which models have a known price: those at their provider's own address, and those that a person priced.
import { expect, test } from "vitest";
import { pricesFor } from "../../src/model/settings/prices.js";
import type { RoleSettings } from "../../src/model/settings/role.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";

const all = (settings: RoleSettings) => ({ planner: settings, executor: settings, synthesizer: settings });
const OPENAI = "https://api.openai.com/v1";
const MINI = { inputUsdPerMTok: 0.15, outputUsdPerMTok: 0.6, readOn: expect.stringMatching(/^\d{4}-\d\d$/) as string };

test.each<[string, RoleSettings, boolean]>([
  ["at the provider's own address", { model: "gpt-4o-mini", baseURL: OPENAI }, true],
  ["named with its provider", { model: "openai:gpt-4o-mini" }, true],
  [
    "on a server that gives its model the same name",
    { model: "gpt-4o-mini", baseURL: "http://localhost:8000/v1" },
    false,
  ],
  [
    "named with its provider, but asked elsewhere",
    { model: "openai:gpt-4o-mini", baseURL: "http://127.0.0.1/v1" },
    false,
  ],
  ["at an address that is none", { model: "gpt-4o-mini", baseURL: "nowhere" }, false],
  ["a model of the program's own", { model: scriptedModel([], { name: "gpt-4o-mini" }) }, false],
])("a model %s", (_where, settings, isKnown) => {
  const name = typeof settings.model === "string" ? settings.model : "gpt-4o-mini";
  const price = pricesFor(all(settings))(name);
  if (isKnown) expect(price).toMatchObject(MINI);
  else expect(price).toBeUndefined();
});

test("what a person gives wins over the table, and 0 is a price", () => {
  const price = { inputUsdPerMTok: 0, outputUsdPerMTok: 0 };
  const priceOf = pricesFor(all({ model: "gpt-4o-mini", baseURL: OPENAI }), { "gpt-4o-mini": price, llama: price });
  expect(priceOf("gpt-4o-mini")).toBe(price);
  expect(priceOf("llama")).toBe(price);
  expect(priceOf("qwen")).toBeUndefined();
});

test("a model of two roles at two addresses has no single price; a step's own model uses the executor's address", () => {
  const [there, here] = [OPENAI, "http://localhost:1/v1"].map((baseURL) => ({ model: "gpt-4o-mini", baseURL }));
  expect(pricesFor({ planner: there!, executor: here!, synthesizer: there! })("gpt-4o-mini")).toBeUndefined();
  expect(pricesFor(all(there!))("gpt-4.1")).toMatchObject({ inputUsdPerMTok: 2 });
  expect(pricesFor(all(here!))("gpt-4.1")).toBeUndefined();
});

test("a release of a named day has the price of its name", () => {
  const priceOf = pricesFor(all({ model: "anthropic:claude-haiku-4-5-20251001" }));
  expect(priceOf("anthropic:claude-haiku-4-5-20251001")).toMatchObject({ outputUsdPerMTok: 5 });
});
