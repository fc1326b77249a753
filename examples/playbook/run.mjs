// @ts-check
// Saves an approved run as a playbook, approves the playbook once, and runs it for another week with nobody there.
// Run it after a build: node examples/playbook/run.mjs
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLoom } from "planloom";
import { posted, tools } from "./tools.mjs";

const folder = mkdtempSync(join(tmpdir(), "planloom-playbook-"));
// The list of standing approvals of this example, instead of your own.
process.env["XDG_CONFIG_HOME"] = join(folder, "config");
const config = { tools, store: join(folder, "runs.db"), playbooks: join(folder, "playbooks") };

const plan = {
  steps: [
    { id: "tickets", tool: "load_tickets", with: { week: 31 } },
    { id: "report", tool: "draft_report", with: { week: 31, tickets: "${{ tickets }}" } },
    { id: "post", tool: "post_report", with: { channel: "#support", text: "${{ report }}" } },
  ],
  answer: { value: "${{ report }}" },
};

try {
  // By day: a person approves the plan, saves it, and approves the playbook.
  const day = await createLoom({ ...config, approval: "effects" });
  const first = await day.start("Post the support report of week 31 in #support", { plan });
  const { waiting } = await first.result();
  await first.approve(waiting?.approvals[0]?.hash ?? "", { by: "ann" });
  await first.result();
  const { plan: saved } = await first.savePlaybook({ as: "weekly-report", inputs: [{ from: "week" }] });
  console.log("saved:", saved.goal);
  await day.playbooks.approve("weekly-report", { by: "ann", free: ["week"] });
  await day.close();

  // By night: nobody can be asked.
  const night = await createLoom({ ...config, approval: "always", attended: false });
  const { goal, status, playbook } = await night.run("", { playbook: "weekly-report", inputs: { week: 32 } });
  const standing = playbook?.standing;
  console.log("night:", status, "-", goal, "- approved by", standing && "by" in standing ? standing.by : "nobody");
  const refused = await night.run("", { playbook: "weekly-report", inputs: { week: 60 } }).catch((error) => error);
  console.log("refused:", refused.message);
  await night.close();
  for (const line of posted) console.log("posted:", line);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
