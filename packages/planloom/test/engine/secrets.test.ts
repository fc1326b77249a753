// Secrets: a plan names them, the call gets them, the log never holds them.
import { expect, it } from "vitest";
import { z } from "zod";
import { createLoom } from "../../src/loom/create-loom.js";
import { memoryStore } from "../../src/store/memory.js";
import { tool } from "../../src/tools/tool.js";

const login = () => {
  const seen: string[] = [];
  const made = tool({
    name: "login",
    description: "Logs in.",
    input: z.object({ token: z.string(), nested: z.object({ list: z.array(z.string()) }).optional() }),
    output: z.boolean(),
    effects: "none",
    run: ({ token, nested }) => {
      seen.push(token, ...(nested?.list ?? []));
      return true;
    },
  });
  return { made, seen };
};

const planWith = (args: object) => ({ steps: [{ id: "a", tool: "login", with: args }], answer: { value: "${{ a }}" } });

it("hands the value to the call, and the name to the log", async () => {
  const { made, seen } = login();
  const store = memoryStore();
  const loom = await createLoom({ tools: [made], store, secrets: { TOKEN: "s3cret" } }, { env: {} });
  const plan = planWith({ token: { secret: "TOKEN" }, nested: { list: ["x", { secret: "TOKEN" }] } });
  const done = await loom.run("log in", { plan });
  expect(done.answer).toBe(true);
  expect(seen).toEqual(["s3cret", "x", "s3cret"]);
  expect(JSON.stringify(await store.read(done.runId))).not.toContain("s3cret");
  await loom.close();
});

it("fails for a name that the configuration does not list, whatever the environment holds", async () => {
  const { made, seen } = login();
  const loom = await createLoom({ tools: [made], store: memoryStore() }, { env: { TOKEN: "s3cret" } });
  const done = await loom.run("log in", { plan: planWith({ token: { secret: "TOKEN" } }) });
  expect(done).toMatchObject({ status: "failed", error: { code: "SECRET_UNKNOWN" } });
  expect(seen).toEqual([]);
  await loom.close();
});
