// The weekly report as a playbook: saved by day, and run at night under its standing approval.
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { runScript } from "../shared/command.js";

const EXPECTED = `saved: Post the support report of week {week} in #support
night: completed - Post the support report of week 32 in #support - approved by ann
refused: The input "week" of the playbook weekly-report must be integer from 1 to 53.
posted: #support Week 31: 5 tickets, most about refund (3).
posted: #support Week 32: 3 tickets, most about address (2).
`;

test("the script prints what the README shows", async () => {
  expect(await runScript("examples/playbook/run.mjs")).toEqual({ code: 0, stdout: EXPECTED, stderr: "" });
  expect(await readFile(new URL("README.md", import.meta.url), "utf8")).toContain(EXPECTED);
});
