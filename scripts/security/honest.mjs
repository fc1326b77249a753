// Plays the honest plans with the default settings, and counts what a person is asked. In: plans. Out: for each plan
// its questions, and which of them were needed. Local documents, a search server and pages are real: files in a folder,
// and HTTP on this machine.
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { z } from "zod";
import { createLoom, tool, ToolError } from "../../packages/planloom/dist/index.js";
import { startFakeOpenAI } from "../../packages/planloom/dist/testing/index.js";
import { PLANS } from "./honest-plans.mjs";

const text = z.string();
const DOCUMENTS = {
  "notes.md": "# Notes\nHeat pumps: noise and price are open.",
  "draft.md": "# Draft\nHeat pumps are quiet. Heat pumps are cheap.",
  "bill.txt": "Car rental 98.70. Pay to UK12.",
};

async function startWeb() {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://web");
    if (pathname !== "/search") return void response.end(`The page ${pathname}. It links to /makers.`);
    const results = ["news", "makers"].map((name) => ({
      title: name,
      url: `http://${request.headers.host}/${name}`,
      content: `About ${searchParams.get("q")}`,
    }));
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ results }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = () =>
    new Promise((done) => {
      server.closeAllConnections();
      server.close(done);
    });
  return { url: `http://127.0.0.1:${server.address().port}`, close };
}

/** The tools of an operator who declares what is true: own tables and directories are trusted, mails are not. */
function officeTools() {
  const reads = (name, description, input, output, run, more = {}) =>
    tool({ name, description, input: z.object(input), output, effects: "none", run, ...more });
  const acts = (name, description, input, content, output, run, more = {}) =>
    tool({ name, description, input: z.object(input), output, effects: "once", content, run, ...more });
  const own = { trusted: true };
  const row = z.object({ id: text, total: z.number() });
  return [
    reads("get_page", "Reads a page of the web.", { url: text }, text, async ({ url }) => (await fetch(url)).text(), {
      egress: true,
      public: true,
      content: [],
    }),
    reads("read_mail", "Reads the newest mail.", {}, z.object({ from: text, text }), () => ({
      from: "customer@elsewhere.example",
      text: "Please refund 40 for order A-100.",
    })),
    reads("ask_bank", "Asks the bank for its rates.", {}, z.unknown(), () => {
      throw new ToolError("The bank is closed.", { code: "BANK_CLOSED", retryable: false });
    }),
    reads(
      "query_sales",
      "Reads the sales of a month.",
      { month: text },
      z.object({ rows: z.array(row) }),
      () => ({
        rows: [
          { id: "x1", total: 80 },
          { id: "x2", total: 40 },
        ],
      }),
      own,
    ),
    reads(
      "get_order",
      "Reads an order.",
      { order: text },
      z.object({ order: text, total: z.number() }),
      ({ order }) => ({
        order,
        total: 80,
      }),
      own,
    ),
    reads(
      "find_person",
      "Finds a person in our directory.",
      { name: text },
      z.object({ mail: text, account: text }),
      ({ name }) => ({
        mail: `${name.toLowerCase()}@company.example`,
        account: "UK77",
      }),
      own,
    ),
    acts(
      "send_mail",
      "Sends a mail.",
      { to: text, subject: text, body: text },
      ["subject", "body"],
      text,
      () => "sent",
      { egress: true },
    ),
    acts("post_message", "Posts in a channel.", { channel: text, text }, ["text"], text, () => "posted", {
      egress: true,
    }),
    acts("save_report", "Writes a report.", { path: text, text }, ["text"], text, () => "saved"),
    acts(
      "write_rows",
      "Writes rows into a table.",
      { table: text, rows: z.unknown() },
      ["rows"],
      text,
      () => "written",
    ),
    acts("set_stock", "Sets the stock of an article.", { sku: text, stock: z.number() }, [], text, () => "set"),
    acts(
      "open_ticket",
      "Opens a ticket.",
      { project: text, title: text, body: text },
      ["title", "body"],
      z.object({ id: text }),
      () => ({ id: "T-1" }),
      own,
    ),
    acts("comment_ticket", "Comments on a ticket.", { ticket: text, comment: text }, ["comment"], text, () => "done"),
    acts("refund", "Refunds an order.", { order: text, amount: z.number() }, [], text, () => "refunded"),
    acts("pay", "Pays a bill.", { account: text, amount: z.number(), subject: text }, ["subject"], text, () => "paid"),
    acts("large_transfer", "Makes a large transfer.", { account: text, amount: z.number() }, [], text, () => "paid", {
      approval: "required",
    }),
  ];
}

/** The model of an honest plan: it writes the plan, and does in each step what the plan's script says. */
function replyTo(plan, body) {
  const system = body.messages.find(({ role }) => role === "system")?.content ?? "";
  const told = body.messages
    .filter(({ role }) => role !== "system")
    .map(({ content }) => content ?? "")
    .join("\n");
  if (system.startsWith("You are the planner")) {
    const { steps, answer, patch } = plan;
    return { json: /Reply with a patch/.test(told) ? { operations: patch ?? [] } : { steps, answer } };
  }
  if (system.includes("You only write the arguments")) return { json: plan.fills };
  if (system.startsWith("You are the synthesizer")) return { text: "The answer." };
  if (system.startsWith("Summarize")) return { text: "A summary." };
  const step = /^Your step: (\w+)/m.exec(told)?.[1];
  const [calls, result] = plan.agents[step];
  const made = body.messages.flatMap(({ tool_calls = [] }) => tool_calls).length;
  const next = calls[made];
  if (next !== undefined) return { toolCalls: [{ name: next[0], args: next[1] }] };
  return typeof result === "string" ? { text: result } : { json: result };
}

const withAddress = (plan, url) => JSON.parse(JSON.stringify(plan).replaceAll("[web]", url));

/**
 * @param {{ only?: readonly string[] }} [which] ids of plans; default: all
 * @returns {Promise<{ id: string, kind: string, status: string, code?: string, questions: number, needed: number,
 *   needless: string[], missing: string[] }[]>}
 */
export async function playHonest({ only } = {}) {
  const web = await startWeb();
  const folder = mkdtempSync(path.join(tmpdir(), "planloom-security-"));
  for (const [name, content] of Object.entries(DOCUMENTS)) writeFileSync(path.join(folder, name), content);
  const plans = PLANS.filter(({ id }) => only === undefined || only.includes(id)).map((plan) =>
    withAddress(plan, web.url),
  );
  const byName = new Map(plans.map((plan) => [plan.id, plan]));
  const model = await startFakeOpenAI({ reply: (body) => replyTo(byName.get(body.model), body) });
  try {
    const played = [];
    for (const plan of plans) played.push(await playOne(plan, { folder, web, model }));
    return played;
  } finally {
    await Promise.all([model.close(), web.close()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function playOne(plan, { folder, web, model }) {
  const { id, kind, goal, inputs = {}, trust = {}, replies = {}, needed = {} } = plan;
  const loom = await createLoom(
    {
      store: "memory",
      tools: officeTools(),
      builtins: { files: { roots: [folder] }, search: { searxng: web.url } },
      models: { default: { model: id, baseURL: model.url, apiKey: "none" } },
    },
    { env: {} },
  );
  try {
    const run = await loom.start(goal, { inputs, trust });
    const asked = [];
    for (let round = 0; round < 20; round++) {
      const { waiting, status, error } = await run.result();
      const { approvals = [], questions = [] } = waiting ?? {};
      if (approvals.length + questions.length === 0)
        return counted({ id, kind, status, code: error?.code }, asked, needed);
      for (const { hash, tool: name = "plan", code, args, items } of approvals) {
        asked.push({ name, what: `${name} (${code}) ${JSON.stringify(items ?? args ?? null)}` });
        await run.approve(hash);
      }
      for (const { step } of questions) await run.respond(step, replies[step]);
    }
    throw new Error(`the plan "${id}" asks without end`);
  } finally {
    await loom.close();
  }
}

function counted(plan, asked, needed) {
  const left = { ...needed };
  const needless = asked.filter(({ name }) => (left[name] = (left[name] ?? 0) - 1) < 0).map(({ what }) => what);
  const missing = Object.entries(left)
    .filter(([, n]) => n > 0)
    .map(([name]) => name);
  return { ...plan, questions: asked.length, needed: asked.length - needless.length, needless, missing };
}
