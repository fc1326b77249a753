// The README's program is run as written, against a scripted server: what newcomers paste must work.
import { spawn } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { startFakeOpenAI } from "../../src/testing/fake-openai-server.js";
import type { ChatBody } from "../../src/testing/fake-reply.js";

const root = path.join(import.meta.dirname, "..", "..", "..", "..");

const textOf = (body: ChatBody) => body.messages.map(({ content }) => String(content)).join("\n");

it("the README's program has at most 20 lines and answers its goal", async () => {
  const readme = readFileSync(path.join(root, "README.md"), "utf8");
  const program = /```ts\n([\s\S]*?)```/.exec(readme)![1]!;
  expect(program.split("\n").filter((line) => line.trim() !== "").length).toBeLessThanOrEqual(20);
  const plan = {
    steps: [
      { id: "orders", tool: "find_orders", with: { customer: "ann" } },
      {
        id: "sum",
        tool: "calculate",
        with: { expression: "sum(totals)", variables: { totals: "${{ orders.map(o, o.total) }}" } },
      },
    ],
    answer: { from: ["sum"] },
  };
  const server = await startFakeOpenAI({
    reply: (body) =>
      body.model === "gpt-4o" ? { json: plan } : { text: `ann has spent ${/\b42\b/.exec(textOf(body))?.[0]} dollars` },
  });
  // Beside the examples, where `planloom` and `zod` are found as in a user's project.
  const file = path.join(root, "examples", `.readme-${process.pid}.mjs`);
  writeFileSync(file, program);
  try {
    const env = { ...process.env, OPENAI_BASE_URL: server.url, OPENAI_API_KEY: "any", PLANLOOM_STORE: "memory" };
    const child = spawn(process.execPath, [file], { env, stdio: ["ignore", "pipe", "inherit"] });
    let out = "";
    child.stdout.on("data", (chunk) => (out += String(chunk)));
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect(code).toBe(0);
    expect(out).toContain("completed ann has spent 42 dollars");
  } finally {
    rmSync(file);
    await server.close();
  }
});
