// `planloom report` and `planloom export` on the command line: the evidence card in three forms, and a run as a file.
import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { EvidenceCard } from "../../src/loom/evidence/card.js";
import { workspace } from "./planloom.js";

const PLAN = {
  goal: "Add the sales",
  steps: [{ id: "total", tool: "calculate", with: { expression: "40 + 2" } }],
  answer: { value: { total: "${{ total }}" } },
};

test("report prints a card as text, Markdown and JSON, and exit 1 says that the answer is another one", async () => {
  const place = workspace();
  place.write("plan.json", PLAN);
  place.write("good.yaml", "total: 42\n");
  place.write("other.json", { total: 43 });
  place.write("broken.json", "{");
  expect((await place.run(["run", "plan.json", "-q"])).code).toBe(0);

  const text = await place.run(["report", "last", "--expected", "other.json"]);
  expect(text.code).toBe(1);
  expect(text.stdout).toContain("not met: 0 of 1 value as expected.");
  expect(text.stdout).toContain("/total is 42; expected 43.");
  expect(text.stdout).toContain("Invented step, 0 of 1 execution:");
  expect(text.stdout).toContain("+ total = 42");

  const markdown = await place.run(["report", "last", "--markdown", "--expected", "good.yaml"]);
  expect([markdown.code, markdown.stdout.split("\n")[0]]).toEqual([0, "# Evidence card: Add the sales"]);
  expect(markdown.stdout).toContain("**Met.**");

  const broken = await place.run(["report", "last", "--expected", "broken.json"]);
  expect([broken.code, broken.stderr]).toEqual([2, expect.stringContaining("EXPECTED_INVALID")]);

  const exported = await place.run(["export", "last", "-o", "run.json"]);
  expect([exported.code, exported.stdout]).toEqual([0, ""]);
  expect(exported.stderr).toContain("Private values are in it.");
  expect(statSync(join(place.folder, "run.json")).mode & 0o077).toBe(0);
  const opened = ["--store", "run.json"];
  const card = await place.json<EvidenceCard>(["report", "last", "--json", ...opened]);
  expect(card).toMatchObject({ exit: 0, goal: "Add the sales", answer: { total: 42 } });
  expect((await place.run(["show", "last", "--trace", ...opened])).stdout).toContain("Add the sales");
  const refused = await place.run(["retry", "last", "--from", "total", "--yes", ...opened]);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("STORE_READ_ONLY")]);
  place.write("run.json", { planloomExport: 9 });
  expect((await place.run(["runs", ...opened])).stderr).toContain("EXPORT_INVALID");
});
