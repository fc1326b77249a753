// Long decisions leave room for others: expressions that reach their limit one after the other do not hold the process.
import { expect, it } from "vitest";
import { z } from "zod";
import { createLoom } from "../../src/loom/create-loom.js";
import { tool } from "../../src/tools/tool.js";

it("items that fail before they begin let other work happen in between", async () => {
  const echo = tool({
    name: "echo",
    description: "Gives back what it is given.",
    input: z.object({ value: z.unknown() }),
    effects: "none",
    run: ({ value }) => value,
  });
  const loom = await createLoom({ store: "memory", tools: [echo], onFailure: "fail" }, { env: {} });
  const items = 40;
  const list = Array.from({ length: 1_000 }, (_, i) => i);
  const value = "${{ inputs.list.map(a, inputs.list.map(b, a * b + a)) }}";
  const steps = [{ id: "a", tool: "echo", forEach: `\${{ inputs.list.filter(i, i < ${items}) }}`, with: { value } }];
  let turns = 0;
  const count = (): void => void (turns++, (timer = setImmediate(count)));
  let timer = setImmediate(count);
  const document = await loom.run("x", { plan: { inputs: { list: {} }, steps }, inputs: { list } });
  clearImmediate(timer);
  expect(document).toMatchObject({ status: "failed", error: { code: "LIMIT_EXCEEDED" } });
  expect(turns).toBeGreaterThanOrEqual(items - 1);
  await loom.close();
});
