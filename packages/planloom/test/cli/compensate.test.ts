// `planloom compensate`: the calls are shown first, nothing is undone that nobody agreed to, and a failed undoing is
// answered on the command line.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RunDocument } from "../../src/loom/document.js";
import { workspace } from "./planloom.js";

/** `note` acts, and leaves a line in notes.txt, also when it is undone; it cannot be undone while `locked` exists. */
const CONFIG = `
import { appendFileSync, existsSync } from "node:fs";
import { defineConfig, tool, ToolError } from "planloom";
const input = { type: "object", properties: { text: { type: "string" } }, required: ["text"], additionalProperties: false };
const write = (line) => appendFileSync("notes.txt", line + "\\n");
export default defineConfig({
  tools: [
    tool({ name: "note", description: "Notes a line.", input, output: { type: "string" }, effects: "once",
      run: ({ text }) => { write("note " + text); return "noted " + text; },
      compensate: (output, { text }) => {
        if (existsSync("locked") && text === "two") throw new ToolError("it is locked", { retryable: false });
        write("strike " + text + " " + output);
      } }),
    tool({ name: "send", description: "Sends.", input, effects: "once", run: () => "sent" }),
  ],
});
`;

const PLAN = `goal: Note
steps:
  - { id: one, title: Note one, tool: note, with: { text: one } }
  - { id: mail, title: Send it, tool: send, with: { text: hello }, dependsOn: [one] }
  - { id: two, title: Note two, tool: note, with: { text: two }, dependsOn: [mail] }
answer: { value: done }
`;

test("shows the calls, undoes the last one first, and waits for a person where one cannot be undone", async () => {
  const here = workspace();
  here.write("planloom.config.ts", CONFIG);
  here.write("plan.yaml", PLAN);
  here.write("locked", "");
  const notes = () => readFileSync(join(here.folder, "notes.txt"), "utf8").trimEnd().split("\n");
  expect((await here.run(["run", "plan.yaml", "--yes"])).code).toBe(0);

  const shown = await here.run(["compensate", "last"]);
  expect([shown.code, notes()]).toEqual([5, ["note one", "note two"]]);
  expect(shown.stderr).toMatch(/2 calls to undo, in this order\n +undo +two \(note\)\n[^]*undo +one \(note\)\n/);
  expect(shown.stderr).toContain("remains  mail (send): its tool has no way to undo it");

  const stopped = await here.run(["compensate", "last", "--yes"]);
  expect([stopped.code, notes().length]).toEqual([5, 2]);
  expect(stopped.stderr).toContain("two (note): not undone: TOOL_FAILED it is locked");
  const { waiting } = JSON.parse((await here.run(["show", "last", "--json"])).stdout) as RunDocument;
  expect(waiting?.undoing).toMatchObject({ step: "two", undoing: "failed" });
  expect(waiting?.undoing?.next).toContain("respond");

  const left = await here.run(["respond", "last", "two", "--leave"]);
  expect(left.stderr).toContain("two (note): its effect stays");
  expect(notes()).toEqual(["note one", "note two", "strike one noted one"]);
  expect(existsSync(join(here.folder, "locked"))).toBe(true);
});
