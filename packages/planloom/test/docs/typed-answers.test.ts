// docs/typed-answers.md is true: its program runs as it stands, and the command line takes a schema.
import { spawn } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startFakeOpenAI } from "../../src/testing/fake-openai-server.js";
import { workspace } from "../cli/planloom.js";

const root = path.join(import.meta.dirname, "..", "..", "..", "..");
const program = /```ts\n([\s\S]*?)```/.exec(readFileSync(path.join(root, "docs", "typed-answers.md"), "utf8"))?.[1];

test("the program runs as it stands", async () => {
  const step = { id: "find", tool: "search_web", with: { query: "AI" } };
  const answer = { companies: [{ name: "Acme", revenueUsd: 7.5 }], checkedAt: null, currency: null };
  const server = await startFakeOpenAI({
    reply: ({ messages }) => {
      const isAnswer = JSON.stringify(messages[0]).includes("You are the synthesizer");
      return { json: isAnswer ? { answer } : { steps: [step], answer: { from: ["find"] } } };
    },
  });
  onTestFinished(() => server.close());
  const file = path.join(root, "node_modules", `.typed-${process.pid}.mjs`);
  writeFileSync(file, program!);
  onTestFinished(() => rmSync(file, { force: true }));
  const model = { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: "any", PLANLOOM_MODEL: "m" };
  const env = { ...process.env, ...model, PLANLOOM_STORE: "memory" };
  const child = spawn(process.execPath, [file], { env, stdio: ["ignore", "pipe", "inherit"] });
  let out = "";
  child.stdout.on("data", (chunk) => (out += String(chunk)));
  expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0);
  expect(out).toBe("Acme: 7.5 USD\n");
});

test("the command line takes a schema, and refuses one that cannot be checked", async () => {
  const here = workspace();
  here.write("plan.json", { steps: [{ id: "say", ask: "Who?", output: "string" }], answer: { value: ["a", "b"] } });
  here.write("list.json", { type: "array", items: { type: "string" }, minItems: 3 });
  const refused = await here.run(["run", "plan.json", "--answer-schema", "list.json"]);
  expect(refused.code).toBe(3);
  expect(refused.stderr).toContain("The value must have at least 3 items, but is a list of 2.");
  here.write("bad.json", { type: "lst" });
  const bad = await here.run(["run", "plan.json", "--answer-schema", "bad.json"]);
  expect(bad.code).toBe(2);
  expect(bad.stderr).toContain('/type is "lst", which is no type of JSON Schema');
  here.write("good.json", { type: "array", items: { type: "string" } });
  const run = await here.json(["run", "plan.json", "--answer-schema", "good.json", "--json"]);
  expect(run).toMatchObject({ status: "needs-attention", answer: null, answerSchema: { type: "array" } });
  await here.run(["respond", "last", "say", "Ann"]);
  expect(await here.json(["answer", "last", "--json"])).toMatchObject({ status: "completed", answer: ["a", "b"] });
  expect((await here.run(["show", "last"])).stdout).toMatch(/answer +string\[\]/);
});
