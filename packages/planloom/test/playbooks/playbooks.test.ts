// Playbooks in the library: saving the plan of a run, starting runs from it, and standing approvals.
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
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

/** A saved playbook, and a loom of its project. */
async function saved(config: LoomConfig = {}) {
  const here = project();
  const loom = await here.open(config);
  const run = await done(loom);
  await run.savePlaybook({ as: "weekly-report", inputs: "proposed" });
  here.sent.length = 0;
  return { here, loom, run };
}

const waitsFor = async (loom: Loom, inputs: { readonly [name: string]: Json }) => {
  const run = await loom.start("", { playbook: "weekly-report", inputs });
  const { status, waiting } = await run.result();
  return { run, status, reason: waiting?.approvals[0]?.code, message: waiting?.approvals[0]?.reason };
};

test("a standing approval covers runs of the same program, each input fixed or free", async () => {
  const { here, loom } = await saved();
  await loom.playbooks.approve("weekly-report", { by: "ann", free: ["week"] });
  const { run, status } = await waitsFor(loom, { week: 40 });
  expect(status).toBe("completed");
  expect(here.sent).toHaveLength(1);
  const events = await eventsIn(run);
  expect(events.find(({ type }) => type === "approval.granted")?.data).toMatchObject({
    subject: "plan",
    unseen: true,
    calls: ["tickets"],
    standing: { playbook: "weekly-report", by: "ann" },
  });
  expect(await run.replay({ strict: true })).toMatchObject({ playbook: { standing: { by: "ann", fixed: ["to"] } } });
  const other = await waitsFor(loom, { week: 40, to: "eve@example.com" });
  expect(other).toMatchObject({ status: "awaiting-approval", reason: "PLAYBOOK_CHANGED" });
  expect(other.message).toContain("the input to has another value");
  expect(loom.playbooks.revoke("weekly-report")).toBe(true);
  expect(await waitsFor(loom, { week: 41 })).toMatchObject({ reason: "POLICY_ALWAYS" });
});

test("it holds where nobody can be asked, and in no copy of the project or for another user", async () => {
  const { here, loom } = await saved();
  await loom.playbooks.approve("weekly-report", { by: "ann", free: ["week"] });
  const unattended = await here.open({ attended: false, store: "memory" });
  expect(await waitsFor(unattended, { week: 2 })).toMatchObject({ status: "completed" });
  const hostile = project();
  hostile.write("weekly-report.yaml", here.text("weekly-report.yaml"));
  expect(await waitsFor(await hostile.open(), { week: 2 })).toMatchObject({ reason: "POLICY_ALWAYS" });
});

test("a changed plan, a changed tool and the end of its time are named, and ask again", async () => {
  const { here, loom } = await saved();
  await loom.playbooks.approve("weekly-report", { by: "ann", free: ["week"] });
  const newer = await here.open({ store: "memory" }, { version: "2" });
  expect((await waitsFor(newer, { week: 3 })).message).toContain("the tool send_mail has changed");
  here.write("weekly-report.yaml", here.text("weekly-report.yaml").replace("Send the report", "Send all reports"));
  expect((await waitsFor(loom, { week: 3 })).message).toContain("its plan has changed");
  expect((await loom.playbooks.get("weekly-report")).lost).toEqual([{ what: "plan" }]);
  await loom.playbooks.approve("weekly-report", { by: "ann", free: ["week"], until: 1 });
  expect((await waitsFor(loom, { week: 3 })).message).toContain("expired on 1970");
});

test("a free input that may choose what a call does needs a type that bounds it", async () => {
  const { here, loom } = await saved();
  const text = here.text("weekly-report.yaml").replace(/type: string\n\s+pattern: .*\n/, "type: string\n");
  here.write("weekly-report.yaml", text);
  await expect(loom.playbooks.approve("weekly-report", { by: "ann", free: ["to"] })).rejects.toMatchObject({
    code: "PLAYBOOK_INPUT_FREE",
    params: { open: [{ input: "to", step: "send", tool: "send_mail", argument: "to" }] },
  });
  await expect(loom.playbooks.approve("weekly-report", { by: "ann", free: ["who"] })).rejects.toMatchObject({
    code: "PLAYBOOK_INPUT",
  });
});

test("an input in the goal is read by each model that performs a step", async () => {
  const here = project();
  const loom = await here.open();
  const body =
    "steps:\n  - id: send\n    agent: Send it as the goal says.\n    tools: [send_mail]\nanswer: { value: sent }\n";
  const withType = (type: string) => `goal: Send {count} reports\ninputs:\n  count: ${type}\n${body}`;
  here.write("reports.yaml", withType("{ type: integer }"));
  await expect(loom.playbooks.approve("reports", { by: "ann", free: ["count"] })).rejects.toMatchObject({
    code: "PLAYBOOK_INPUT_FREE",
    params: { open: [{ input: "count", step: "send", tool: "send_mail", through: true }] },
  });
  here.write("reports.yaml", withType("{ type: { type: integer, minimum: 1, maximum: 9 } }"));
  expect(await loom.playbooks.approve("reports", { by: "ann", free: ["count"] })).toMatchObject({ fixed: {} });
});

test.each<readonly [string, string, Parameters<Loom["playbooks"]["save"]>[1]]>([
  ["a name with a slash", "PLAYBOOK_NAME", { as: "../weekly", inputs: [] }],
  ["a name with a dot", "PLAYBOOK_NAME", { as: "weekly.yaml", inputs: [] }],
  ["a command's name", "PLAYBOOK_NAME", { as: "run", inputs: [] }],
  ["nobody's confirmation", "PLAYBOOK_UNCONFIRMED", { as: "weekly" }],
  ["a place without a literal", "PLAYBOOK_CHOICE", { as: "weekly", inputs: [{ from: "/steps/9/with/x" }] }],
  ["a name of no form", "PLAYBOOK_CHOICE", { as: "weekly", inputs: [{ from: "week", name: "My week" }] }],
  ["a name given twice", "PLAYBOOK_CHOICE", { as: "weekly", inputs: [{ from: "week" }, { from: "to", name: "week" }] }],
  ["a name that is taken", "PLAYBOOK_EXISTS", { as: "weekly-report", inputs: [] }],
])("%s is refused with %s", async (_, code, options) => {
  const { loom, run } = await saved();
  await expect(loom.playbooks.save(run.id, options)).rejects.toMatchObject({ code });
});

test("runs without a plan that was approved or carried out, and values of secrets, are not saved", async () => {
  const here = project();
  const secret = "k3y-of-the-mail-server";
  const loom = await here.open({ secrets: { MAIL: secret } });
  const waiting = await loom.start(GOAL, { plan: PLAN });
  await waiting.result();
  const save = (id: string) => loom.playbooks.save(id, { as: "weekly", inputs: [] });
  await expect(save(waiting.id)).rejects.toMatchObject({ params: { because: "not-approved" } });
  const [tickets] = PLAN.steps;
  const leaks = await loom.start(GOAL, { plan: { steps: [{ ...tickets, title: `with ${secret}` }] } });
  await leaks.approve((await leaks.result()).waiting!.approvals[0]!.hash);
  await leaks.result();
  await expect(save(leaks.id)).rejects.toMatchObject({ params: { because: "secret" } });
});

test("files that others may have put there are not read; a row of the list says why", async () => {
  const { here, loom } = await saved();
  here.write("weekly-report.json", "{}");
  await expect(loom.playbooks.get("weekly-report")).rejects.toMatchObject({ params: { problem: "twice" } });
  const outside = join(newFolder(), "plan.yaml");
  writeFileSync(outside, "steps: []");
  symlinkSync(outside, join(here.folder, "playbooks", "linked.yaml"));
  await expect(loom.start("", { playbook: "linked" })).rejects.toMatchObject({ params: { problem: "link" } });
  here.write("broken.yaml", "steps: [{ id: a, tool: gone }]");
  await expect(loom.start("", { playbook: "broken" })).rejects.toMatchObject({ code: "PLAN_INVALID" });
  const rows = await loom.playbooks.list();
  expect(rows.map(({ name, problem, playbook }) => [name, problem?.code, playbook?.check.ok])).toEqual([
    ["broken", undefined, false],
    ["linked", "PLAYBOOK_FILE", undefined],
    ["weekly-report", "PLAYBOOK_FILE", undefined],
  ]);
});

test("a value of others does not stand in the goal, and the guard asks about it despite the approval", async () => {
  const { here, loom } = await saved();
  await loom.playbooks.approve("weekly-report", { by: "ann", free: ["week", "to"] });
  const inputs = { week: 3, to: "eve@example.com" };
  const run = await loom.start("", { playbook: "weekly-report", inputs, trust: { to: "untrusted" } });
  const { goal, waiting } = await run.result();
  expect(goal).toBe("Report on the tickets of week 3 to (the input to).");
  expect(waiting?.approvals).toMatchObject([{ code: "CONTROL_UNTRUSTED", subject: { step: "send" } }]);
  expect(here.sent).toEqual([]);
});

test.each([
  [{ playbook: "weekly-report", plan: PLAN }, ""],
  [{ playbook: "weekly-report", strategy: "react" as const }, ""],
  [{ playbook: "weekly-report" }, "another goal"],
])("a playbook has its own plan and goal: %j", async (options, goal) => {
  const { loom } = await saved();
  await expect(loom.start(goal, options)).rejects.toMatchObject({ code: "PLAYBOOK_BESIDE" });
});

test("a goal in words that fits is named by a rule", async () => {
  const { loom } = await saved();
  expect(loom.playbooks.fitting("Please report on all tickets of week 40 to bob@example.com")).toBe("weekly-report");
  expect(loom.playbooks.fitting("Book a flight to Rome")).toBeUndefined();
});

test("estimates of a playbook count the samples of its own runs", async () => {
  const { loom } = await saved({ approval: "effects" });
  await loom.playbooks.approve("weekly-report", { by: "ann", free: ["week"] });
  await waitsFor(loom, { week: 5 });
  const { text } = await loom.playbooks.get("weekly-report");
  const samples = async (playbook?: string) =>
    (await loom.estimate(text, playbook === undefined ? {} : { playbook })).basis.tools["find_tickets"];
  expect([await samples(), await samples("weekly-report")]).toEqual([2, 1]);
});

test("a save that is killed before its last step leaves the old file whole, and no playbook of the new one", async () => {
  const { here, loom } = await saved();
  const before = here.text("weekly-report.yaml");
  // What a killed process leaves: the part that it had written, under its own name.
  here.write(".weekly-report.yaml.0123456789ab", before.slice(0, 40));
  expect(loom.playbooks.names()).toEqual(["weekly-report"]);
  expect((await loom.playbooks.get("weekly-report")).text).toBe(before);
});
