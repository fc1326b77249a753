// A model server that is not there yet, or has no room: the command line says what it waits for, and goes on.
import { expect, test } from "vitest";
import { startFakeOpenAI } from "../../src/testing/index.js";
import { modelServer, workspace } from "./planloom.js";

const PLAN = { steps: [{ id: "a", agent: "Say hello." }], answer: { value: "${{ a }}" } };

test("a server that starts later", async () => {
  const { server, env } = await modelServer(() => ({ text: "" }));
  const { port } = new URL(server.url);
  await server.close();
  const here = workspace(env);
  here.write("plan.json", PLAN);
  const live = here.begin(["run", "plan.json"]);
  expect(await live.said("cannot be reached yet")).toMatch(
    /waits +up to 30 s: 127\.0\.0\.1:\d+\/v1 cannot be reached yet/,
  );
  const late = await startFakeOpenAI({ port: Number(port), reply: () => ({ text: "hello" }) });
  const { code, stdout } = await live.ended;
  await late.close();
  expect([code, stdout.trim()]).toEqual([0, "hello"]);
});

test("a server that limits requests", async () => {
  let count = 0;
  const refusal = { status: 429, text: "Too many requests.", headers: { "retry-after-ms": "1000" } };
  const { env } = await modelServer(() => (count++ === 0 ? refusal : { text: "hello" }));
  const here = workspace(env);
  here.write("plan.json", PLAN);
  const { code, stderr } = await here.run(["run", "plan.json"]);
  expect(code).toBe(0);
  expect((await here.run(["show", "last", "--trace"])).stdout).toMatch(/1 call, .+ out, waited 1 s \(rate limit\)/);
  expect(stderr).toMatch(/waits +1 s: 127\.0\.0\.1:\d+\/v1 limits requests/);
});
