// Settings that keep a run safe: one that is not understood is refused, and never left out. Also what a check of
// evidence and a decision with a document may reach.
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { settingsIn } from "../../src/cli/flags.js";
import { agent, createLoom, tool, type PlanloomError, type Tool } from "../../src/index.js";
import { LIMITS } from "../../src/limits.js";
import { evidenceIn } from "../../src/plan/evidence.js";
import { scriptedModel } from "../../src/testing/index.js";
import { timeText } from "../../src/words/phrases.js";

const TOOL = {
  name: "echo",
  description: "Gives back a value.",
  input: z.object({ value: z.string() }),
  output: z.string(),
  effects: "none",
  run: ({ value }: { readonly value: string }) => value,
} as const;
const echo = (more: object = {}): Tool => tool({ ...TOOL, ...more });
const steps = [{ id: "a", tool: "echo", with: { value: "x" } }];
const open = (more: object = {}) => createLoom({ store: "memory", models: {}, tools: [echo()], ...more });

describe("a tool", () => {
  test.each([
    [{ approval: true }, 'approval: "required"'],
    [{ approval: "always" }, 'approval: "required"'],
    [{ approval: () => true }, 'approval: "required"'],
    [{ egress: "yes" }, "egress: true or false"],
    [{ require_approval: true }, 'approval: "required"'],
    [{ needsApproval: "yes" }, 'approval: "required"'],
    [{ human_in_the_loop: true }, 'approval: "required"'],
  ])("with %o is refused", (more, write) => {
    const thrown: unknown = (() => {
      try {
        return echo(more);
      } catch (error) {
        return error;
      }
    })();
    expect(thrown).toMatchObject({ code: "BAD_TOOL" });
    expect((thrown as PlanloomError).next).toContain(write);
  });

  test("leaves out that it needs no approval, in the words of another program", () => {
    expect(() => echo({ require_approval: false })).toThrow(
      expect.objectContaining({ code: "BAD_TOOL", next: "Leave require_approval out." }) as Error,
    );
  });
});

describe("a configuration", () => {
  test.each([
    [{ builtins: { files: { roots: ["."], write: "no" } } }, "builtins.files.write"],
    [{ builtins: { files: { roots: [""] } } }, "builtins.files.roots"],
    [{ builtins: { fetch: { allowHosts: "wiki.intern" } } }, "builtins.fetch.allowHosts"],
    [{ builtins: { search: { folder: "" } } }, "builtins.search"],
    [{ builtins: { search: { folder: "a", searxng: "http://a" } } }, "builtins.search"],
    [{ builtins: { search: { brave: {} } } }, "builtins.search.brave.key"],
    [{ builtins: { search: { brave: { key: "two\nlines" } } } }, "builtins.search.brave.key"],
    [{ builtins: { sql: { databases: { "a.b": "a.db" } } } }, "builtins.sql.databases"],
    [{ builtins: { sql: { databases: { a: "" } } } }, "builtins.sql.databases"],
    [{ builtins: { http: { hosts: ["a.example/v1"] } } }, "builtins.http.hosts"],
    [{ builtins: { http: { hosts: ["a.example"], headers: { b: {} } } } }, "builtins.http.headers"],
    [{ builtins: { http: { hosts: ["a.example"], methods: ["get"] } } }, "builtins.http.methods"],
    [{ budget: null }, "budget"],
    [{ answer: null }, "answer"],
    [{ limits: { approvalMs: LIMITS.longestMs + 1 } }, "limits.approvalMs"],
    [{ budget: { wallMs: 1e300 } }, "budget.wallMs"],
  ])("with %o is refused", async (more, setting) => {
    await expect(open(more)).rejects.toMatchObject({ code: "CONFIG_INVALID", params: { setting } });
  });

  test("gives no longer time than a date can hold, by a flag either", () => {
    expect(() => settingsIn({ approvalTimeout: "99999999999d" })).toThrow("--approval-timeout is 99999999999d.");
    expect(settingsIn({ approvalTimeout: "3650d" })({}).limits).toEqual({ approvalMs: LIMITS.longestMs });
    expect(timeText(1e300)).toMatch(/^\+275760/);
  });
});

test.each([{ approval: "always" }, { require_approval: true }, { budget: { tokens: 1 } }, { guard: "ask" }])(
  "the start of a run with %o is refused, because a run takes its settings from its loom",
  async (more) => {
    const loom = await open();
    const refused: unknown = await loom.run("Try.", { plan: { steps }, ...more }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "CONFIG_INVALID" });
    expect((refused as PlanloomError).next).toContain("createLoom or agent");
    expect((await loom.list()).runs).toEqual([]);
  },
);

test("an option that a call does not read is refused, with what to write", async () => {
  const loom = await open();
  for (const [more, write] of [
    [{ abortSignal: AbortSignal.abort() }, "signal"],
    [{ answerSchema: { type: "string" } }, "answer"],
    [{ input: { a: 1 } }, "inputs"],
    [{ zzz: 1 }, "one of inputs, plan"],
  ] as const) {
    const next = expect.stringContaining(`Write ${write}`) as string;
    const starts = loom.run("Try.", { plan: { steps }, ...more });
    await expect(starts).rejects.toMatchObject({ code: "CONFIG_INVALID", next });
  }
  expect((await loom.list()).runs).toEqual([]);
  const run = await loom.start("Try.", {
    plan: { goal: "Try.", steps: [{ id: "q", ask: "What?" }], answer: { value: 1 } },
  });
  await run.result();
  const unknown = { code: "CONFIG_INVALID", params: { problem: "unknown" } };
  const odd = (more: object) => more as never;
  await expect(run.approve("a".repeat(64), odd({ arguments: {} }))).rejects.toMatchObject(unknown);
  await expect(run.settle("q", "happened", odd({ value: 1 }))).rejects.toMatchObject(unknown);
  await expect(run.retry(odd({ form: "q" }))).rejects.toMatchObject(unknown);
  await expect(run.fork(odd({ at: "q", input: {} }))).rejects.toMatchObject(unknown);
  await expect(run.reject("No.", odd({ hsah: "" }))).rejects.toMatchObject(unknown);
  expect(() => run.toUIMessageStream(odd({ fromSeq: 3 }))).toThrow("Unknown setting fromSeq.");
  expect((await run.document()).status).toBe("needs-attention");
});

describe("a plan inside another document", () => {
  const inner = { goal: "Try.", steps };
  test.each([
    [{ plan: inner, require_approval: true }],
    [{ plan: steps, require_approval: "yes" }],
    [{ plan: steps, approval: "always" }],
    [{ response: inner, human_in_the_loop: true }],
    [{ result: { plan: inner }, needs_approval: true }],
    [{ ...inner, metadata: { require_approval: true } }],
  ])("keeps the wish for a person that stands beside it: %j", async (document) => {
    const { ok, findings } = (await open()).check(document);
    expect({ ok, codes: findings.map(({ code }) => code) }).toEqual({ ok: false, codes: ["UNKNOWN_FIELD"] });
  });

  test("may have other fields beside it, and may say that no person is needed", async () => {
    const loom = await open();
    expect(loom.check({ plan: inner, require_approval: false, confidence: 0.9 }).ok).toBe(true);
  });
});

describe("an agent in one line", () => {
  const written = () =>
    scriptedModel((_request, i) => JSON.stringify({ steps: [{ id: "a", tool: "echo", with: { value: `${i}` } }] }));
  const billing = () => agent({ store: "memory", tools: [echo()], model: written(), approval: true });

  test("approves and rejects the plan of the document that it is given, and no later one", async () => {
    const own = billing();
    const first = await own.run("Try.");
    const second = await own.reject(first, "Another one.");
    await expect(own.approve(first)).rejects.toMatchObject({ params: { refused: "STALE_HASH" } });
    await expect(own.reject(first, "No.")).rejects.toMatchObject({ params: { refused: "STALE_HASH" } });
    expect((await own.approve(second)).status).toBe("completed");
  });

  test("refuses the models of a loom, which it would not ask", async () => {
    const wrong = { store: "memory", models: { planner: written() } } as unknown as Parameters<typeof agent>[0];
    await expect(agent(wrong).run("Try.")).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });

  test("opens again after it could not open, and closes without that error", async () => {
    const config: { store: string; approval?: unknown } = { store: "memory", approval: "sometimes" };
    const own = agent(config as Parameters<typeof agent>[0]);
    await expect(own.loom()).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    await own.close();
    delete config.approval;
    await expect(own.loom()).resolves.toBeDefined();
    await own.close();
  });
});

describe("the evidence of a file", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "planloom-evidence-"));
    await mkdir(join(folder, "open", ".git"), { recursive: true });
    await mkdir(join(folder, "outside"));
    for (const name of ["open/report.txt", "open/.git/config.txt", "open/.env.js", "outside/secret.txt"])
      await writeFile(join(folder, name), "x");
    await symlink("../outside", join(folder, "open", "link"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("is looked for where read_file may look, and nowhere else", async () => {
    const loom = await open({ builtins: { files: { roots: [join(folder, "open")] } } });
    const named = [
      "report.txt",
      "open/report.txt",
      join(folder, "open/report.txt"),
      "link/secret.txt",
      "../outside/secret.txt",
      join(folder, "outside/secret.txt"),
      "open/link/secret.txt",
      ".git/config.txt",
      ".env.js",
    ];
    const plan = {
      steps: named.map((value, i) => ({
        id: `s${i}`,
        tool: "echo",
        with: { value },
        evidence: ["a file that exists"],
      })),
    };
    const { runId } = await loom.run("Try.", { plan });
    const trace = await (await loom.get(runId)).trace();
    const there = trace.filter(({ evidence }) => evidence?.[0]?.found === "yes").map(({ written }) => written);
    expect(there.sort()).toEqual(named.slice(0, 3).sort());
  });

  test("is searched in linear time", () => {
    const text = `${"!".repeat(50_000)}a `.repeat(4);
    const start = performance.now();
    expect(evidenceIn(["a file"], text, () => false)).toMatchObject([{ found: "no" }]);
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});

test("hints that are an empty text, or the word all, give an agent step all tools", async () => {
  const loom = await open();
  for (const tool_hints of ["", " ", "all"]) {
    const checked = loom.check({ steps: [{ step_id: 1, description: "Find the price.", tool_hints }] });
    expect(checked.ok && checked.plan.steps[0]).toMatchObject({ kind: "agent", tools: "all" });
  }
});

test("an agent step may name tools that need approval: their calls wait", async () => {
  const pay = tool({ ...TOOL, name: "pay", approval: "required" });
  const loom = await createLoom({ store: "memory", models: {}, tools: [echo(), pay] });
  const found = (tools: readonly string[]) =>
    loom
      .check({ steps: [{ id: "a", agent: "Give the money back.", tools }] })
      .findings.map(({ code, severity }) => [code, severity]);
  for (const tools of [["pay"], ["echo", "pay"], ["echo"]]) expect(found(tools)).toEqual([]);
});

test("a constant is no partial answer: it would say of a failed run what it says of a whole one", async () => {
  const loom = await open({ answer: { onFailure: "partial" }, onFailure: "fail" });
  const plan = {
    steps: [...steps, { id: "b", tool: "calculate", with: { expression: "1/0" } }],
    answer: { value: "Everything was done." },
  };
  expect(await loom.run("Try.", { plan })).toMatchObject({ status: "failed", partial: true, answer: { a: "x" } });
});
