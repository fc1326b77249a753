// Secrets on the command line: what a tool prints by itself, in however many parts, holds none of them either.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { workspace } from "./planloom.js";

const CANARY = "canary-kiwi-secret";
const CONFIG = `
import { z } from "zod";
import { tool } from "planloom";
export default {
  secrets: { TOKEN: "${CANARY}" },
  tools: [
    tool({
      name: "act", description: "Acts.", input: z.object({ token: z.string() }), effects: "none",
      run: ({ token }) => {
        console.log("said " + token);
        console.error(new Error("no " + token));
        for (const character of token) process.stderr.write(character);
        process.stdout.write(Buffer.from(token.slice(0, 9)));
        process.stdout.write(Buffer.from(token.slice(9)));
        Promise.reject(new Error("stray " + Buffer.from(token).toString("base64")));
        return "did " + token;
      },
    }),
  ],
};
`;
const PLAN = {
  steps: [{ id: "a", tool: "act", with: { token: { secret: "TOKEN" } } }],
  answer: { value: "${{ a }}" },
};

test.each([["--json"], ["--jsonl"], ["--quiet"], ["--record", "r.json"]])(
  "a run with %s leaves no secret on stdout, on stderr and in files",
  async (...flags) => {
    const here = workspace();
    here.write("c.mjs", CONFIG);
    here.write("plan.json", PLAN);
    const ended = await here.run(["run", "plan.json", "--config", "c.mjs", "--store", "s.db", ...flags]);
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain("did [secret TOKEN]");
    const files = readdirSync(here.folder).filter((name) => name !== "c.mjs");
    const texts = files.map((name) => readFileSync(join(here.folder, name), "latin1"));
    const everything = [ended.stdout, ended.stderr, ...texts].join("\n");
    expect(everything).not.toMatch(/canary-k|kiwi|ry-kiwi|i-secret/);
    expect(everything).not.toContain(Buffer.from(CANARY).toString("base64").slice(0, 16));
  },
);

test("a secret that is too short is refused, with what to do", async () => {
  const here = workspace();
  here.write("planloom.config.yaml", "secrets: { PIN: '1234' }");
  const { code, stderr } = await here.run(["tools"]);
  expect(code).toBe(4);
  expect(stderr).toContain("SECRET_TOO_SHORT");
  expect(stderr).not.toContain("1234");
});
