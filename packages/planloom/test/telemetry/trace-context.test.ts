// traceparent in and out: over HTTP into a run, and to the servers that the program names.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { createLoom } from "../../src/loom/create-loom.js";
import { memoryStore } from "../../src/store/memory.js";
import { soundTraceParent } from "../../src/run/trace-parent.js";
import { startFakeOpenAI } from "../../src/testing/fake-openai-server.js";
import { openServer } from "../server/parts.js";
import { watching } from "./parts.js";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const traceparent = `00-${TRACE}-b7ad6b7169203331-01`;

test.each([
  [traceparent, "a=1", { traceparent, tracestate: "a=1" }],
  [`01-${traceparent.slice(3)}-later`, undefined, { traceparent }],
  [traceparent, "\n", { traceparent }],
  [`ff-${traceparent.slice(3)}`, undefined, undefined],
  [`${traceparent}-more`, undefined, undefined],
  [traceparent.replace(TRACE, "0".repeat(32)), undefined, undefined],
  [traceparent.toUpperCase(), undefined, undefined],
  [17, undefined, undefined],
])("%s with the state %j is read as %j", (given, state, wanted) => {
  expect(soundTraceParent(given, state)).toEqual(wanted);
});

test("POST /v1/runs puts the run into the trace of its caller, and the log keeps it without telemetry, too", async () => {
  const plan = { steps: [{ id: "a", tool: "calculate", with: { expression: "1" } }], answer: { value: "${{ a }}" } };
  const { post, loom } = await openServer({ store: memoryStore() });
  const headers = { traceparent, tracestate: "vendor=1" };
  const { body } = await post("/v1/runs", { goal: "Add.", plan }, headers);
  const run = await loom.engine.load(body.runId);
  expect(run.request.traceContext).toEqual(headers);
  const bad = await post("/v1/runs", { goal: "Add.", plan }, { traceparent: "nonsense" });
  expect((await loom.engine.load(bad.body.runId)).request.traceContext).toBeUndefined();
});

test("only the servers in propagateTo get traceparent: that of the turn or the call", async () => {
  const got: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    got.push(request.headers["traceparent"] as string | undefined);
    response.end("{}");
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => void server.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const model = await startFakeOpenAI({ reply: () => ({ text: "fine" }), models: ["m"] });
  onTestFinished(() => model.close());
  const plan = {
    steps: [
      { id: "get", tool: "http_get", with: { url: `${origin}/x` } },
      { id: "say", agent: "Say it.", dependsOn: ["get"], tools: [] },
    ],
    answer: { value: "${{ say }}" },
  };
  const run = async (propagateTo: readonly string[]) => {
    const watch = watching({ propagateTo });
    const loom = await createLoom(
      {
        ...{ telemetry: watch.telemetry, store: memoryStore(), guard: "off", builtins: { http: { hosts: [origin] } } },
        models: { executor: { model: "m", baseURL: model.url, apiKey: "key-key-key" } },
      },
      { env: {} },
    );
    expect(await loom.run("Get.", { plan })).toMatchObject({ status: "completed", answer: "fine" });
    await loom.close();
    return watch;
  };
  await run([]);
  const heard = () => model.requests.map(({ headers }) => headers["traceparent"]);
  expect([...got, ...heard()]).toEqual([undefined, undefined]);
  const watch = await run([origin, new URL(model.url).origin]);
  const parent = (name: string) => {
    const { traceId, spanId } = watch.named(name)[0]!.spanContext();
    return `00-${traceId}-${spanId}-01`;
  };
  expect(got.at(-1)).toBe(parent("execute_tool http_get"));
  expect(heard().at(-1)).toBe(parent("chat m"));
});
