// Views of made-up runs, for tests of the page. In: nothing, or a size. Out: what the server would send.
import type { BarView, ItemView, RowStatus, RowView, RunView, StepView } from "../src/api/run-view.js";

const START = Date.parse("2026-11-30T09:04:58Z");
const iso = (ms: number): string => new Date(START + ms).toISOString();

interface Told {
  readonly key: string;
  readonly title: string;
  readonly status?: RowStatus;
  readonly line?: string;
  readonly from?: number;
  readonly took?: number;
  readonly est?: number;
  readonly wave: number;
  readonly needs?: readonly string[];
  readonly more?: Partial<RowView>;
}

const bar = (attempt: number, fromMs: number, toMs: number, status: RowStatus = "done", more = {}): BarView => ({
  kind: "attempt",
  attempt,
  fromMs,
  toMs,
  status,
  critical: false,
  ...more,
});

export function row({
  key,
  title,
  status = "done",
  line = status,
  from,
  took,
  est,
  wave,
  needs = [],
  more,
}: Told): RowView {
  const kind = key.startsWith("#") ? ("phase" as const) : ("step" as const);
  const times = from === undefined ? {} : { startedAfterMs: from, ...(took === undefined ? {} : { tookMs: took }) };
  return {
    kind,
    key,
    title,
    revision: 1,
    ...(kind === "step" ? { does: "tool" as const, tool: "search", effect: "none" as const } : {}),
    wave,
    needs,
    status,
    line,
    bars: from === undefined || took === undefined ? [] : [bar(1, from, from + took, status)],
    critical: false,
    ...(est === undefined ? {} : { estimateMs: est }),
    ...times,
    tokens: 0,
    costUsd: null,
    ...more,
  };
}

const item = (index: number, label: string, status: RowStatus = "done", line: string = status): ItemView => ({
  index,
  label,
  status,
  line,
  bars: status === "planned" ? [] : [bar(1, 1900, 3100 + index * 30, status)],
  critical: index === 2,
});

const critical = { critical: true };

const rows: readonly RowView[] = [
  row({
    key: "#plan",
    title: "Write the plan",
    line: "done · revision 1 · 1 call",
    from: 0,
    took: 1240,
    est: 1000,
    wave: 0,
    more: { tokens: 2093 },
  }),
  row({
    key: "leaders",
    title: "Search for the leading AI companies",
    line: "done · search · Found 2 results",
    from: 900,
    took: 600,
    est: 500,
    wave: 1,
    more: critical,
  }),
  row({
    key: "rate",
    title: "Get the exchange rate",
    line: "done · attempt 2 · exchange_rate · 0.9",
    from: 910,
    took: 1800,
    est: 200,
    wave: 1,
    more: {
      late: true,
      bars: [bar(1, 910, 1470, "failed"), bar(1, 1470, 2500, "retrying", { kind: "retry-wait" }), bar(2, 2500, 2710)],
    },
  }),
  row({
    key: "companies",
    title: "Pick the three companies",
    line: "done · agent, 1 turn · 3 names",
    from: 1500,
    took: 400,
    est: 500,
    wave: 2,
    needs: ["leaders"],
    more: { ...critical, does: "agent", tokens: 970, turns: 1 },
  }),
  row({
    key: "facts",
    title: "Collect facts on each company",
    line: "done · for each of 3 · agent, 9 turns",
    from: 1900,
    took: 1270,
    est: 1100,
    wave: 3,
    needs: ["companies"],
    more: {
      ...critical,
      does: "agent",
      tokens: 5666,
      turns: 9,
      items: {
        total: 3,
        counts: { done: 3 },
        shown: [item(0, "Aurora Minds"), item(1, "Brightwater Labs"), item(2, "Cobalt Systems")],
      },
    },
  }),
  row({
    key: "total",
    title: "Add up the revenue",
    line: "done · calculate · = 7227",
    from: 3200,
    took: 68,
    est: 100,
    wave: 4,
    needs: ["facts", "rate"],
    more: critical,
  }),
  row({
    key: "table",
    title: "Write the comparison table",
    line: "done · comparison_table · 3 companies",
    from: 3200,
    took: 68,
    est: 100,
    wave: 4,
    needs: ["facts", "rate"],
  }),
  row({
    key: "#answer",
    title: "Write the answer",
    line: "done · 1 call · from table and total",
    from: 3270,
    took: 530,
    est: 600,
    wave: 5,
    needs: ["table", "total"],
    more: critical,
  }),
];

export const doneView: RunView = {
  runId: "run_mx2leb0jf046ee3bdc",
  goal: "Research the top 3 AI companies and create a comparison report",
  status: "completed",
  seq: 32,
  startedAt: iso(0),
  finishedAt: iso(3800),
  updatedAt: iso(3800),
  revision: 1,
  revisions: [1],
  rows,
  axis: { endMs: 3800, gaps: [] },
  facts: {
    failedFirst: { key: "rate", title: "Get the exchange rate", line: "attempt 1: BUSY, done at attempt 2" },
    slowest: { key: "rate", title: "Get the exchange rate", ms: 1800 },
    mostTokens: { key: "facts", title: "Collect facts on each company", tokens: 5666 },
    replans: { count: 0, allowed: 2, reasons: [] },
    cost: { costUsd: null, text: "no price is set for scripted-executor" },
    tokens: { input: 8000, output: 729, calls: 12 },
    attempts: 9,
    acted: 0,
    stepsTotal: 6,
    stepsDone: 6,
    stepsSkipped: 0,
    estimateMs: 3100,
  },
  waits: [],
};

/** The rows, some of them with other fields. */
const changed = (changes: { readonly [key: string]: Partial<RowView> }): readonly RowView[] =>
  rows.map((one) => ({ ...one, ...changes[one.key] }));

const open = { tookMs: 400, bars: [] };
const notStarted = (line: string): Partial<RowView> => ({ status: "planned", line, bars: [], critical: false });

const liveRows = changed({
  rate: { status: "retrying", line: "retrying · attempt 2 of 4 · BUSY", retryAt: "2036-11-30T09:05:00Z" },
  facts: {
    ...open,
    status: "running",
    line: "running · 0 of 3 items",
    items: {
      total: 3,
      counts: { running: 3 },
      shown: [
        item(0, "Aurora Minds", "running", "running · turn 2"),
        item(1, "Brightwater Labs", "running", "running · turn 2"),
        item(2, "Cobalt Systems", "running", "running · turn 1"),
      ],
    },
  },
  total: notStarted("not started · needs facts and rate"),
  table: notStarted("not started · needs facts and rate"),
  "#answer": notStarted("not started · from table and total"),
}).map((one) => (one.status === "planned" ? without(one) : one));

function without(one: RowView): RowView {
  const { startedAfterMs: _start, tookMs: _took, ...rest } = one;
  return rest;
}

export const liveView: RunView = {
  ...doneView,
  runId: "run_live",
  status: "running",
  seq: 19,
  finishedAt: null,
  rows: liveRows,
  axis: { endMs: 2300, gaps: [] },
  facts: { ...doneView.facts, stepsDone: 2, attempts: 5 },
};

const unknownRows = changed({
  rate: { status: "unknown", line: "unknown outcome · of pay", effect: "acts-once" },
  facts: {
    status: "waiting",
    line: "waits for you · approve the call of send_email",
    effect: "acts-once",
    items: {
      total: 240,
      counts: { done: 180, failed: 2, waiting: 1, planned: 57 },
      shown: [
        item(7, "株式会社オーロラ・マインズ 請求書 2026-117", "failed", "failed · too many calls"),
        item(
          12,
          "Invoice 2026-118 of Brightwater Labs, with a title that is far too long for one line",
          "waiting",
          "waits for you",
        ),
        ...Array.from({ length: 98 }, (_, at) => item(at + 20, `Invoice ${at + 20}`)),
      ],
    },
  },
  total: notStarted("not started · needs facts and rate"),
  table: notStarted("not started · needs facts and rate"),
  "#answer": notStarted("not started"),
}).map((one) => (one.status === "planned" ? without(one) : one));

export const unknownView: RunView = {
  ...liveView,
  runId: "run_unknown",
  goal: "Pay the open supplier invoices of November",
  status: "needs-attention",
  rows: unknownRows,
  axis: { endMs: 3_060_000, gaps: [] },
  facts: {
    ...doneView.facts,
    cost: { costUsd: 0.41, text: "0.41 USD of 2.00 allowed" },
    mostCost: { key: "facts", title: "Collect facts on each company", costUsd: 0.33 },
    replans: {
      count: 1,
      allowed: 2,
      reasons: [{ revision: 2, text: "The step “rate” failed: the bank has no such account." }],
    },
    stepsDone: 2,
  },
  revision: 2,
  revisions: [1, 2],
  waits: [
    {
      kind: "call",
      key: "facts",
      item: 12,
      hash: "abc",
      title: "Approve the call of send_email to an untrusted address",
    },
    { kind: "doubt", key: "rate", title: "One payment may or may not have been made" },
  ],
};

const failedRows = changed({
  rate: {
    status: "failed",
    line: "failed · the database refused the login",
    bars: [bar(1, 900, 1200, "failed"), bar(2, 2200, 2500, "failed")],
    error: { code: "LOGIN_REFUSED", message: "the database refused the login" },
  },
  facts: {
    status: "cancelled",
    line: "cancelled · needs companies",
    bars: [],
    items: { total: 0, counts: {}, shown: [] },
  },
  total: { status: "cancelled", line: "cancelled · needs facts and rate", bars: [] },
  table: { status: "cancelled", line: "cancelled · needs facts and rate", bars: [] },
  "#answer": { status: "cancelled", line: "cancelled", bars: [] },
});

export const failedView: RunView = {
  ...doneView,
  runId: "run_failed",
  goal: "Weekly support report for the week of 23 November",
  status: "failed",
  rows: failedRows,
  facts: {
    ...doneView.facts,
    stepsDone: 2,
    failedFirst: { key: "rate", title: "Get the exchange rate", line: "attempt 1: LOGIN_REFUSED, failed at attempt 4" },
  },
};

/** A run with many steps in waves of 50. Its middle runs. */
export function largeView(steps: number, running = Math.floor(steps / 2)): RunView {
  const many = Array.from({ length: steps }, (_, at): RowView => {
    const wave = Math.floor(at / 50) + 1;
    const status: RowStatus =
      at < running ? (at % 397 === 200 ? "failed" : "done") : at < running + 4 ? "running" : "planned";
    const needs = wave === 1 ? [] : [`s${at - 50}`];
    const times = status === "planned" ? {} : { from: at * 10, took: 400 };
    return row({
      key: `s${at}`,
      title: `Read document ${at + 1} of the archive`,
      status,
      line: `${status === "planned" ? "not started" : status} · read_file`,
      wave,
      needs,
      est: 500,
      ...times,
    });
  });
  const plan = row({ key: "#plan", title: "Write the plan", line: "done · revision 1", from: 0, took: 1000, wave: 0 });
  return {
    ...liveView,
    runId: "run_large",
    goal: `Read the ${steps} documents of the archive`,
    rows: [plan, ...many],
    axis: { endMs: steps * 10, gaps: [] },
    facts: { ...doneView.facts, stepsTotal: steps, stepsDone: running, attempts: running + 4 },
  };
}

const fromSearch = {
  trusted: false,
  private: false,
  path: ["search returned text that this run does not trust", "Pick the three companies read it"],
};

/** The step in full, with something in each tab. */
export function sampleStep(view: RunView, key: string, index?: number): StepView {
  const found = view.rows.find((one) => one.key === key)!;
  const chosen = found.items?.shown.find((one) => one.index === index);
  const isDone = (chosen ?? found).status === "done";
  return {
    row: found,
    ...(chosen === undefined ? {} : { item: chosen }),
    instruction: "Find the company’s revenue of 2025 and its products. Name the document.",
    may: [
      { tool: "search", effect: "none" },
      { tool: "send_email", effect: "acts-once" },
    ],
    ...(isDone
      ? {
          output: {
            company: "Aurora Minds",
            revenueUsdMillions: 4200,
            products: "the assistant Halo, a developer platform",
            source: { document: "aurora-minds.md", lines: [3, 4, 5] },
          },
        }
      : {}),
    outputType: "{ company: string, revenueUsdMillions: number,\n  products: string, source: string }",
    args: [
      { name: "company", value: "Aurora Minds", written: "${{ companies[0] }}", control: true, origin: fromSearch },
      { name: "limit", value: 3, control: false, origin: { trusted: true, private: false, path: [] } },
      {
        name: "account",
        value: "DE89 3704 0044 0532 0130 00",
        control: false,
        origin: { trusted: true, private: key === "total", path: [] },
      },
      {
        name: "text",
        value: Array.from({ length: 60 }, (_, at) => `line ${at + 1} of a long text`).join("\n"),
        control: false,
        origin: fromSearch,
      },
    ],
    labels: { ...fromSearch, private: key === "total" },
    attempts: found.bars
      .filter(({ kind }) => kind === "attempt")
      .map(({ attempt, status, fromMs, toMs = fromMs }) => ({
        attempt,
        status,
        startedAfterMs: fromMs,
        tookMs: toMs - fromMs,
        tokens: attempt === 1 ? null : 1892,
        ...(status === "failed"
          ? {
              error: {
                code: "BUSY",
                message: "the service is busy: try again in 1 s",
                stack: "Error: busy\n    at exchangeRate (tools.ts:12:9)\n    at call (tool.ts:40:3)",
                causes: ["HTTP 503 from rates.example.org"],
              },
              decision: "Retried after 1 s: 3 attempts were left.",
            }
          : {}),
      })),
    turns: [
      {
        attempt: 1,
        turn: 1,
        kind: "model",
        name: "scripted-executor",
        asked: {
          messages: [
            { role: "system", content: "You do one step of a plan." },
            { role: "user", content: "Find the company’s revenue." },
          ],
        },
        answered: { text: "", calls: [{ tool: "search", args: { query: "Aurora Minds revenue products", limit: 3 } }] },
        tookMs: 400,
        usage: { input: 598, output: 21 },
      },
      {
        attempt: 1,
        turn: 1,
        kind: "tool",
        name: "search",
        asked: { query: "Aurora Minds revenue products", limit: 3 },
        answered: {
          results: [{ path: "aurora-minds.md", text: "<img src=x onerror=alert(1)> # Aurora Minds\nCompany profile." }],
        },
        tookMs: 2,
      },
      {
        attempt: 1,
        turn: 2,
        kind: "model",
        name: "scripted-executor",
        asked: { call: "turn 2" },
        answered: { company: "Aurora Minds", revenueUsdMillions: 4200 },
        tookMs: 390,
        usage: { input: 614, output: null },
      },
    ],
    calls:
      found.effect === "acts-once"
        ? [{ tool: "pay", args: { to: "DE89", amount: 35 }, key: "5be0", uncertain: true }]
        : [],
    readBy: [
      { key: "total", title: "Add up the revenue" },
      { key: "table", title: "Write the comparison table" },
    ],
    events: [
      {
        seq: 17,
        afterMs: 1894,
        type: "step.started",
        data: { step: key, attempt: 1, key: "5be091c2", effects: "none" },
      },
      {
        seq: 22,
        afterMs: 3106,
        type: "step.completed",
        data: { step: key, output: { company: "Aurora Minds" }, usage: { inputTokens: 1824, outputTokens: 68 } },
      },
    ],
  };
}
