// `planloom models`: what is set, what is remembered, and the four forms of request, tried over real HTTP.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startFakeOpenAI, type ChatBody, type FakeOpenAIOptions, type FakeReply } from "../../src/testing/index.js";
import { ableReply, isLong } from "./able-model.js";
import { workspace } from "./planloom.js";

async function server(options: Partial<FakeOpenAIOptions> = {}) {
  const fake = await startFakeOpenAI({ reply: ableReply, ...options });
  onTestFinished(() => fake.close());
  return fake;
}

/** What a request of `models test` is for. */
const kindOf = (body: ChatBody): string =>
  isLong(body) ? "long" : JSON.stringify(body.messages).includes("code of the city") ? "tools" : formOf(body);

const formOf = ({ tools, response_format: format }: ChatBody) =>
  tools === undefined ? (format?.type ?? "text") : "tool";

test("each form is tried once; the best that works is shown, and used by the next process", async () => {
  const fake = await server({ refuse: ["json_schema"] });
  const here = workspace({ PLANLOOM_MODEL: "qwen", PLANLOOM_BASE_URL: fake.url });
  const { code, stdout, stderr } = await here.run(["models", "test"]);
  expect([code, stderr]).toEqual([0, expect.stringContaining("Sending up to 11 requests to qwen at http://127.0.0.1")]);
  expect(stderr).toContain("They are real, and may cost money.");
  expect(fake.requests.map(({ body }) => kindOf(body))).toEqual([
    ...["json_schema", "tool", "json_object", "text"],
    ...["tools", "tools", "long"],
  ]);
  expect(stdout).toContain("planner, executor, synthesizer: qwen at http://127.0.0.1");
  expect(stdout).toMatch(/^ {2}json_schema +refused .*answered 400.*json_schema is not supported/m);
  expect(stdout).toMatch(/^ {2}tool +works {4}\d+ \+ \d+ tokens +\d+ ms$/m);
  expect(stdout).toContain("used from now on: tool");
  expect(stdout).toMatch(/^ {2}tools: auto +works /m);
  expect(stdout).toContain("as executor: calls tools natively");
  expect(stdout).toMatch(/^ {2}reads a request of about \d+ tokens to its end$/m);

  const shown = await here.run(["models"]);
  expect(shown.stdout).toMatch(/asked for JSON by tool, as found out 20\d\d-/);
  expect(fake.requests).toHaveLength(7);
  expect(existsSync(join(here.folder, ".planloom", "planloom.db"))).toBe(false);
  const kept = readFileSync(join(here.folder, ".planloom", "planloom.db-models.json"), "utf8");
  expect(JSON.parse(kept)).toMatchObject({ [`${fake.url} qwen`]: { rung: "tool", temperature: true } });

  // The run after it begins at that form: nothing is refused any more.
  await here.run(["run", "a goal", "--jsonl"]);
  expect(fake.requests.slice(7).map(({ body }) => formOf(body))).toContain("tool");
  expect(fake.requests.slice(7).map(({ body }) => formOf(body))).not.toContain("json_schema");
});

test("a server that accepts a form and ignores it is reported", async () => {
  const reply = (body: ChatBody) => (kindOf(body) === "tool" ? ableReply(body) : { text: "It is blue." });
  const fake = await server({ reply });
  const { stdout } = await workspace().run(["models", "test", "--model", "m", "--base-url", fake.url, "planner"]);
  expect(stdout).toMatch(/json_schema +ignored .*it replied "It is blue\."/);
  expect(stdout).toContain("used from now on: tool");
});

test("a model that is not set, an address that is missing, a server that is gone, a wrong key", async () => {
  const fake = await server({ apiKey: "right" });
  const here = workspace();
  const none = await here.run(["models", "test"]);
  expect([none.code, none.stderr]).toEqual([4, expect.stringContaining("MODEL_NOT_SET")]);
  const bare = await here.run(["models", "test", "--model", "m"]);
  expect([bare.code, bare.stdout]).toEqual([4, expect.stringContaining("MODEL_NO_ENDPOINT")]);
  const gone = await here.run(["models", "test", "--model", "m", "--base-url", "http://127.0.0.1:9/v1"]);
  expect([gone.code, gone.stdout]).toEqual([4, expect.stringContaining("PROVIDER_UNREACHABLE")]);
  const env = { PLANLOOM_MODEL: "m", PLANLOOM_BASE_URL: fake.url, PLANLOOM_API_KEY: "a-wrong-key" };
  const wrong = await here.run(["models", "test", "executor"], { env });
  expect([wrong.code, wrong.stdout]).toEqual([4, expect.stringContaining("PROVIDER_UNAUTHORIZED")]);
  expect(wrong.stdout + wrong.stderr).not.toContain("a-wrong-key");
  expect(fake.requests).toHaveLength(1);
});

test("a server that takes nothing: exit 4; any model can be named; the result as JSON", async () => {
  const fake = await server({ reply: () => ({ status: 400, text: "no" }) });
  const here = workspace({ PLANLOOM_MODEL: "m", PLANLOOM_BASE_URL: fake.url });
  const { code, stdout } = await here.run(["models", "test", "other-model", "--json"]);
  expect(code).toBe(4);
  const [result] = JSON.parse(stdout) as { trials: { rung: string; end: string }[]; model: string }[];
  expect(result?.model).toContain("other-model at ");
  expect(result?.trials.map(({ end }) => end)).toEqual(["refused", "refused", "refused", "refused"]);
  // Without any form, tools and a long request are not tried.
  expect(fake.requests.map(({ body }) => body.model)).toEqual(Array(4).fill("other-model"));
});

test.each<[string, FakeReply, RegExp]>([
  [
    "an unknown model",
    { status: 404, text: 'model "m" not found, try pulling it first' },
    /next: Correct the model's name/,
  ],
  ["a used-up quota", { status: 429, text: "You exceeded your current quota." }, /next: Add credit/],
  [
    "a wrong path",
    { status: 404, text: "404 page not found" },
    /next: Set PLANLOOM_BASE_URL or PLANLOOM_\w+_BASE_URL to the/,
  ],
])("%s ends the trial at the first request, with what to do", async (_what, reply, next) => {
  const fake = await server({ reply: () => reply });
  const { code, stdout } = await workspace().run(["models", "test", "--model", "m", "--base-url", fake.url]);
  expect([code, stdout]).toEqual([4, expect.stringMatching(next)]);
  expect(stdout).not.toMatch(/context|calls no tools/);
  expect(fake.requests).toHaveLength(1);
});

test("of a list, each model is shown and tried for itself", async () => {
  const [first, second] = [await server({ refuse: ["json_schema"] }), await server({ apiKey: "right" })];
  const here = workspace();
  here.write("models.json", {
    models: {
      default: [
        { model: "one", baseURL: first.url },
        { model: "two", baseURL: second.url, apiKey: "wrong" },
      ],
    },
  });
  const tested = await here.run(["models", "test", "--config", "models.json"]);
  expect(tested.code).toBe(4);
  expect(tested.stdout).toMatch(/^planner, executor, synthesizer: one at [^]*used from now on: tool/m);
  expect(tested.stdout).toMatch(/^fallback of planner, executor, synthesizer: two at [^]*PROVIDER_UNAUTHORIZED/m);
  const shown = await here.run(["models", "--config", "models.json"]);
  expect(shown.stdout).toMatch(
    /^planner, .*: one at .*\n {2}asked for JSON by tool.*\nfallback of .*: two at .*\n {2}nothing/m,
  );
  const doctor = await here.run(["doctor", "--config", "models.json"]);
  expect(doctor.stdout).toMatch(/^ok +planner +one at /m);
  expect(doctor.stdout).toMatch(/^wrong +planner +fallback two at .*PROVIDER_UNAUTHORIZED.*\(model two\)/m);
  expect(doctor.stdout).toContain("next: Set PLANLOOM_API_KEY to a key that this server accepts.");
});

test("a server without tool calling: the text protocol is found, shown, and forgotten", async () => {
  const fake = await server({
    reply: (body) => (body.tools === undefined ? ableReply(body) : { status: 400, text: "m does not support tools" }),
  });
  const here = workspace({ PLANLOOM_MODEL: "m", PLANLOOM_BASE_URL: fake.url });
  const { code, stdout } = await here.run(["models", "test"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ {2}tools: auto +refused .*does not support tools/m);
  expect(stdout).toMatch(/^ {2}tools: text +works /m);
  expect(stdout).toContain(
    "as executor: calls tools in a text protocol, because its server has no tool calling for it",
  );
  expect((await here.run(["models"])).stdout).toContain("calls tools in a text protocol");
  expect(JSON.parse((await here.run(["models", "--json"])).stdout)).toMatchObject([{ tools: "text", rules: [] }]);

  here.write("plan.json", { steps: [{ id: "a", title: "Sum", tool: "calculate", with: { expression: "1 + 1" } }] });
  const note =
    /^note: executor: The server has no tool calling for this model, so tools are called in a text protocol\.$/m;
  expect((await here.run(["run", "plan.json"])).stderr).toMatch(note);
  expect((await here.run(["run", "-q", "plan.json"])).stderr).not.toMatch(note);

  const forgotten = await here.run(["models", "forget", "executor"]);
  expect([forgotten.code, forgotten.stdout]).toEqual([0, expect.stringMatching(/^m at http.*: forgotten\n$/)]);
  expect((await here.run(["models"])).stdout).not.toContain("text protocol");
  expect((await here.run(["models", "forget"])).stdout).toContain("nothing was known");
  expect(JSON.parse(readFileSync(join(here.folder, ".planloom", "planloom.db-models.json"), "utf8"))).toEqual({});
});

test("a server that cuts requests in use is remembered, and forgotten when it reads more", async () => {
  let tokens = 4_096;
  const fake = await server({ reply: () => ({ text: "?", usage: { prompt_tokens: tokens, completion_tokens: 1 } }) });
  const here = workspace({ PLANLOOM_MODEL: "m", PLANLOOM_BASE_URL: fake.url });
  here.write("plan.json", {
    steps: [{ id: "a", title: "Say", agent: `Say hi. ${"The harbour was quiet. ".repeat(1_500)}` }],
  });
  const ended = await here.run(["run", "plan.json"]);
  expect([ended.code, ended.stderr.match(/^note: executor: The server read 4096 tokens/gm)]).toEqual([
    0,
    ["note: executor: The server read 4096 tokens"],
  ]);
  expect((await here.run(["models"])).stdout).toMatch(/The server read 4096 tokens of a request with about \d+/);
  expect((await here.run(["show", "last", "--trace"])).stdout).toMatch(/note: The server read 4096 tokens/);
  tokens = 9_000;
  await here.run(["run", "-q", "plan.json"]);
  expect((await here.run(["models"])).stdout).not.toContain("4096");
});
