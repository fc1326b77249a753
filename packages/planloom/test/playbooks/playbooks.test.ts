// Playbooks in the library: saving the plan of a run, starting runs from it, and standing approvals.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import type { LoomConfig } from "../../src/loom/config.js";
import { createLoom } from "../../src/loom/create-loom.js";
import type { Loom } from "../../src/loom/loom.js";
import type { Json } from "../../src/plan/json.js";
import { tool } from "../../src/tools/tool.js";
import { eventsIn } from "../engine/parts.js";
import { newFolder } from "../files/places.js";

const GOAL = "Report on the tickets of week 31 to ann@example.com.";
const PLAN = {
  steps: [
    { id: "tickets", title: "Find the tickets of week 31", tool: "find_tickets", with: { week: 31 } },
    {
      id: "send",
      title: "Send the report",
      tool: "send_mail",
      with: { to: "ann@example.com", subject: "Week 31: $31", body: "${{ tickets.map(t, t.title).join(', ') }}" },
    },
  ],
  answer: { value: "Sent to ann@example.com: ${{ send }}" },
};

interface Project {
  readonly folder: string;
  readonly sent: Json[];
  open(config?: LoomConfig, more?: { readonly version?: string }): Promise<Loom>;
  text(name: string): string;
  write(name: string, text: string): void;
}

/** A project with two tools, and a user with a configuration folder of their own. */
function project(): Project {
  const folder = newFolder();
  const env = { XDG_CONFIG_HOME: newFolder() };
  const sent: Json[] = [];
  const tools = (version: string) => [
    tool({
      name: "find_tickets",
      description: "Finds the tickets of a week.",
      input: z.object({ week: z.number().int().min(1).max(53) }),
      output: z.array(z.object({ title: z.string() })),
      effects: "none",
      run: ({ week }) => [{ title: `ticket of ${week}` }],
    }),
    tool({
      name: "send_mail",
      description: "Sends a mail.",
      version,
      input: z.object({ to: z.string(), subject: z.string(), body: z.string() }),
      output: z.string(),
      effects: "once",
      run: (mail) => (sent.push(mail), "sent"),
    }),
  ];
  return {
    folder,
    sent,
    async open(config = {}, { version = "1" } = {}) {
      const store = join(folder, "runs.db");
      const loom = await createLoom(
        { store, approval: "always", tools: tools(version), ...config },
        { env, cwd: folder },
      );
      onTestFinished(() => loom.close());
      return loom;
    },
    text: (name) => readFileSync(join(folder, "playbooks", name), "utf8"),
    write(name, text) {
      mkdirSync(join(folder, "playbooks"), { recursive: true });
      writeFileSync(join(folder, "playbooks", name), text);
    },
  };
}

/** A completed run of the plan. */
async function done(loom: Loom) {
  const run = await loom.start(GOAL, { plan: PLAN });
  const { waiting } = await run.result();
  await run.approve(waiting!.approvals[0]!.hash);
  expect(await run.result()).toMatchObject({ status: "completed" });
  return run;
}

test("a run is saved with inputs that a rule proposes, and runs again with other values", async () => {
  const here = project();
  const loom = await here.open();
  const run = await done(loom);
  expect(await loom.playbooks.propose(run.id)).toMatchObject([
    { name: "to", default: "ann@example.com", why: "goal" },
    { name: "week", default: 31, type: { minimum: 1, maximum: 53 }, why: "goal" },
  ]);
  await expect(run.savePlaybook({ as: "weekly-report" })).rejects.toMatchObject({ code: "PLAYBOOK_UNCONFIRMED" });
  const saved = await run.savePlaybook({ as: "weekly-report", inputs: "proposed" });
  expect(saved.plan.goal).toBe("Report on the tickets of week {week} to {to}.");
  expect(here.text("weekly-report.yaml")).toBe(saved.text);
  const again = await loom.start("", { playbook: "weekly-report", inputs: { week: 32 } });
  const { waiting, goal } = await again.result();
  expect(goal).toBe("Report on the tickets of week 32 to ann@example.com.");
  await again.approve(waiting!.approvals[0]!.hash);
  expect(await again.result()).toMatchObject({ status: "completed", answer: "Sent to ann@example.com: sent" });
  expect(here.sent.at(-1)).toEqual({ to: "ann@example.com", subject: "Week 32: $32", body: "ticket of 32" });
  const [started] = await eventsIn(again);
  expect(started?.data).toMatchObject({ playbook: { name: "weekly-report" }, planGiven: true });
  expect((await loom.list({ playbook: "weekly-report" })).runs).toMatchObject([{ runId: again.id }]);
  expect(await again.replay({ strict: true })).toBeDefined();
});
