// The weekly support report, as the document behind it prints it: from the script, and from the command line.
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { runJson, runScript } from "../shared/command.js";

const REPORT =
  "This week, a total of 5 support tickets were handled. The most frequent issue was refund, appearing 3 times. " +
  "It is recommended to prioritize improving the refund workflow and FAQ copy.";

const EXPECTED = `plan:
- {'step': 'load_tickets', 'description': 'Load this week’s support tickets'}
- {'step': 'count_intents', 'description': 'Count the number of issues in each category'}
- {'step': 'find_top_intent', 'description': 'Find the most frequent issue'}
- {'step': 'draft_report', 'description': 'Generate a short weekly report'}

trace:
{'task': 'load_tickets', 'output': 'Loaded 5 tickets'}
{'task': 'count_intents', 'output': {'refund': 3, 'password': 1, 'address': 1}}
{'task': 'find_top_intent', 'output': 'refund'}
{'task': 'draft_report', 'output': '${REPORT}'}

final report:
${REPORT}
`;

test("the script prints the plan, the trace and the report, to the letter", async () => {
  const ended = await runScript("examples/support-report/run.mjs");
  expect(ended).toEqual({ code: 0, stdout: EXPECTED, stderr: "" });
});

test("the README shows what the script prints", async () => {
  expect(await readFile(new URL("README.md", import.meta.url), "utf8")).toContain(EXPECTED);
});

test("the command line runs the same plan without a model", async () => {
  const config = "examples/support-report/planloom.config.ts";
  const { code, document } = await runJson(["run", "examples/support-report/plan.yaml", "--config", config]);
  expect(code).toBe(0);
  expect(document).toMatchObject({
    status: "completed",
    success: true,
    goal: "Generate this week's customer support report",
    answer: REPORT,
    stepsTotal: 4,
    stepsCompleted: 4,
    replanCount: 0,
    usage: { planner: { calls: 0 }, executor: { calls: 0 }, synthesizer: { calls: 0 } },
  });
  expect(
    document.steps.map(({ id, tool, status, attempts, revision }) => [id, tool, status, attempts, revision]),
  ).toEqual(
    ["load_tickets", "count_intents", "find_top_intent", "draft_report"].map((id) => [id, id, "completed", 1, 1]),
  );
  expect(document.steps[2]).toMatchObject({
    input: { counts: { refund: 3, password: 1, address: 1 } },
    output: "refund",
  });
  expect(document.plans.map(({ revision, hash }) => [revision, hash])).toEqual([[1, document.plan?.hash]]);
});
