// What the five documents promise, on the command line. Each test quotes the row of the mission that it belongs to.
import { describe, expect, test } from "vitest";
import { workspace } from "./planloom.js";

const AS_LISTED = [
  { step: "load_tickets", description: "Load this week’s support tickets" },
  { step: "count_intents", description: "handle data" },
  { step: "draft_report", description: "Generate a short weekly report" },
];

describe("P3: steps clear, order defined, hand-off defined; every problem named together with the next fix", () => {
  test("check names each step and its fault, and begins with the document's sentence", async () => {
    const here = workspace();
    here.write("plan.json", AS_LISTED);
    const { code, stdout, stderr } = await here.run(["check", "plan.json"]);
    expect(code).toBe(0);
    expect(stdout).toContain("NO_TEXT");
    expect(stdout).toContain("NO_ORDER");
    expect(stderr).toContain("steps clear no, order defined no, hand-off defined no");
    expect(stderr).toContain('next fix  First make the step descriptions clear. The text "handle data"');
    const { quality } = await here.json<{ quality: { faults: readonly { step?: string; about: string }[] } }>([
      ...["check", "plan.json", "--json"],
    ]);
    expect(quality.faults.map(({ step, about }) => [step, about])).toEqual([
      ["count_intents", "steps"],
      [undefined, "order"],
    ]);
  });

  test("a record of the checklist gives its next fix, as the document prints it", async () => {
    const here = workspace();
    const record = { steps_clear: true, order_defined: true, handoff_defined: false };
    here.write("quality.json", record);
    expect(await here.run(["check", "quality.json"])).toMatchObject({
      code: 3,
      stdout: "First clarify how each step’s output is passed to the next step.\n",
    });
    here.write("quality.json", { ...record, handoff_defined: true });
    expect(await here.run(["check", "quality.json"])).toMatchObject({
      code: 0,
      stdout: "The plan is now basically executable.\n",
    });
  });
});
