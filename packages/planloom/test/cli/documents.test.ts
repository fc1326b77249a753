// What the five documents promise, on the command line. Each test quotes the row of the mission that it belongs to.
import { describe, expect, test } from "vitest";
import { modelServer, workspace } from "./planloom.js";

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

describe("001: a good plan has expected evidence for each step", () => {
  test("the executor is told, and document and trace show what was found; prose in output is a description", async () => {
    const { server, env } = await modelServer(({ messages }) =>
      messages.some(({ content }) => content?.includes("list of prices") === true)
        ? { text: '["4 %", "94 %"]' }
        : { text: "It is 4 % above the average, says austin.md." },
    );
    const here = workspace(env);
    here.write("austin.md", "Austin: 4 % above the average.");
    const evidence = ["a number", "the file it is from", "the mood"];
    const rate = { id: "rate", agent: "Give the index of Austin.", evidence };
    const prices = { id: "prices", agent: "List both prices.", dependsOn: ["rate"], output: "list of prices" };
    const first = { value: "${{ prices[0] }}" };
    here.write("plan.json", { steps: [rate, prices], answer: first });
    here.write("planloom.config.json", { builtins: { files: { roots: ["."] } } });

    const checked = await here.run(["check", "plan.json"]);
    expect(checked).toMatchObject({ code: 0 });
    expect(checked.stdout).toContain('OUTPUT_DESCRIBED "list of prices" describes the output and is no type');

    const done = await here.json(["run", "plan.json", "--json"]);
    expect(done).toMatchObject({ exit: 0, answer: "4 %" });
    expect(done.steps[0]?.evidence).toEqual([
      { wanted: "a number", found: "yes" },
      { wanted: "the file it is from", found: "yes", named: ["austin.md"] },
      { wanted: "the mood", found: "unchecked" },
    ]);
    expect(JSON.stringify(server.requests[0]?.body)).toContain("a number; the file it is from; the mood");
    const { stdout } = await here.run(["show", "last", "--trace"]);
    expect(stdout).toContain("evidence found: the file it is from (austin.md)");
    expect(stdout).toContain("evidence not checked: the mood");
    expect(await here.run(["replay", "last", "--strict"])).toMatchObject({ code: 0 });
  });
});
