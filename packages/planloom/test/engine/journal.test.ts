// The journal of an attempt: what is written before and after each call, and what the next attempt makes of it.
import { describe, expect, onTestFinished, test } from "vitest";
import { UnknownOutcome } from "../../src/agents/checkpoint.js";
import { settledOutcome } from "../../src/agents/executor/call-outcome.js";
import { journalOf, type JournalAttempt } from "../../src/engine/journal.js";
import type { Checkpoint } from "../../src/agents/checkpoint.js";
import type { EventStore } from "../../src/store/event-store.js";
import { memoryStore } from "../../src/store/memory.js";

const PLACE: JournalAttempt = { runId: "run", stepId: "a", item: null, attempt: 1 };
const WRITER = { epoch: 0, now: () => 5 };
const PAY = { effects: "once", key: "k1", tool: "pay", intent: { tool: "pay" } } as const;
const PUT = { effects: "idempotent", key: "k2", tool: "put" } as const;
const THINK = { effects: "none" } as const;

function opened(): { store: EventStore; journal: (change?: Partial<JournalAttempt>) => Checkpoint } {
  const store = memoryStore();
  onTestFinished(() => store.close());
  return { store, journal: (change = {}) => journalOf(store, { ...PLACE, ...change }, WRITER) };
}

const never = () => Promise.reject(new Error("this must not be called"));
const crash = () => Promise.reject(new Error("the process ends here"));
const rowsOf = async (store: EventStore) =>
  (await store.readJournal(PLACE)).map(({ attempt, n, name, key, outcome }) => [attempt, n, name, key, outcome]);

describe("a journal", () => {
  test("writes the outcome of a call without effects, and gives it back instead of calling again", async () => {
    const { store, journal } = opened();
    const first = journal();
    expect(await first("turn 1", THINK, async () => "thought")).toBe("thought");
    expect(await journal()("turn 1", THINK, never)).toBe("thought");
    expect(await rowsOf(store)).toStrictEqual([[1, 1, "turn 1", null, { value: "thought" }]]);
  });

  test("keeps the intent of a call with effects before it is made", async () => {
    const { store, journal } = opened();
    const checkpoint = journal();
    const seen = await checkpoint("tool pay", PAY, async () => (await rowsOf(store)).flat());
    expect(seen).toStrictEqual([1, 1, "tool pay", "k1", null]);
    expect((await store.readJournal(PLACE))[0]).toMatchObject({ intent: { tool: "pay" }, at: 5 });
  });

  test("tells null from no outcome", async () => {
    const { journal } = opened();
    await journal()("tool pay", PAY, async () => null);
    expect(await journal()("tool pay", PAY, never)).toBeNull();
  });

  test("counts its calls in the order in which they are made, even side by side", async () => {
    const { store, journal } = opened();
    const checkpoint = journal();
    const names = ["one", "two", "three"];
    await Promise.all(names.map((name) => checkpoint(name, THINK, async () => name)));
    expect((await rowsOf(store)).map(([, n, name]) => [n, name])).toStrictEqual(names.map((name, i) => [i + 1, name]));
  });

  test("refuses to go on in an attempt that takes another way than before, and keeps its rows for the next", async () => {
    const { store, journal } = opened();
    const before = journal();
    await before("turn 1", THINK, async () => "pay");
    await before("tool pay", PAY, async () => "paid");
    const rows = await rowsOf(store);
    // The tool is gone, so that its call is no checkpoint any more.
    const after = journal();
    await after("turn 1", THINK, never);
    await expect(after("turn 2", THINK, never)).rejects.toMatchObject({
      failure: { code: "JOURNAL_DIVERGED", retryable: true },
    });
    expect(await rowsOf(store)).toStrictEqual(rows);
    expect(await journal({ attempt: 2 })("tool pay", PAY, never)).toBe("paid");
  });

  test.each(["tool pay", "tool put"])(
    "says that %s acted in such an attempt, so that none starts over",
    async (name) => {
      const { journal } = opened();
      await journal()(name, name === "tool pay" ? PAY : PUT, async () => ({ ok: true, output: "paid" }));
      await expect(journal()("turn 2", THINK, never)).rejects.toMatchObject({
        failure: { code: "JOURNAL_DIVERGED", retryable: false },
      });
    },
  );

  test("asks before a call only if it holds no outcome of it, in this attempt or an earlier one", async () => {
    const { journal } = opened();
    await journal()("tool pay", PAY, async () => "receipt");
    const asked = { ...PAY, instead: () => "this must not be asked" };
    expect(await journal()("tool pay", asked, never)).toBe("receipt");
    expect(await journal({ attempt: 2 })("tool pay", asked, never)).toBe("receipt");
  });

  test("keeps the place of a call that is not made, without a key, whoever would say otherwise later", async () => {
    const { store, journal } = opened();
    const first = journal();
    expect(await first("tool pay", { ...PAY, instead: () => "refused" }, never)).toBe("refused");
    await first("turn 2", THINK, async () => "thought");
    const again = journal();
    expect(await again("tool pay", PAY, never)).toBe("refused");
    expect(await again("turn 2", THINK, never)).toBe("thought");
    expect((await rowsOf(store))[0]).toStrictEqual([1, 1, "tool pay", null, { value: "refused" }]);
    expect(await journal({ attempt: 2 })("tool pay", PAY, async () => "paid")).toBe("paid");
  });

  test("keeps the place of a call that waits, beside others that do not", async () => {
    const { journal } = opened();
    const wait = () => {
      throw new Error("it waits");
    };
    const first = journal();
    const both = await Promise.allSettled([
      first("tool get", { ...THINK, instead: wait }, never),
      first("tool get", THINK, async () => "b"),
    ]);
    expect(both.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
    const again = journal();
    expect(await Promise.all([again("tool get", THINK, async () => "a"), again("tool get", THINK, never)])).toEqual([
      "a",
      "b",
    ]);
  });

  test("keeps the doubt of a call that may have acted and is refused now", async () => {
    const { store, journal } = opened();
    await expect(journal()("tool put", PUT, crash)).rejects.toThrow("ends here");
    const instead = (again: boolean) => ({ again });
    expect(await journal()("tool put", { ...PUT, instead }, never)).toEqual({ again: true });
    expect((await rowsOf(store))[0]).toStrictEqual([1, 1, "tool put", "k2", { value: { again: true } }]);
  });

  test("knows an outcome by its key in every later attempt, and writes it there too", async () => {
    const { store, journal } = opened();
    await journal()("tool pay", PAY, async () => "receipt");
    const second = journal({ attempt: 2 });
    expect(await second("turn 1", THINK, async () => "another thought")).toBe("another thought");
    expect(await second("tool pay", PAY, never)).toBe("receipt");
    expect((await rowsOf(store)).at(-1)).toStrictEqual([2, 2, "tool pay", "k1", { value: "receipt" }]);
  });

  test.each([1, 2])("is in doubt about an intent without an outcome (met in attempt %i)", async (attempt) => {
    const { journal } = opened();
    await expect(journal()("tool pay", PAY, crash)).rejects.toThrow("ends here");
    const met = journal({ attempt })("tool pay", PAY, never);
    await expect(met).rejects.toBeInstanceOf(UnknownOutcome);
    await expect(met).rejects.toMatchObject({ key: "k1", tool: "pay" });
  });

  test("makes an idempotent call again under such an intent, once", async () => {
    const { journal } = opened();
    await expect(journal()("tool put", PUT, crash)).rejects.toThrow("ends here");
    expect(await journal()("tool put", PUT, async () => "put")).toBe("put");
    expect(await journal({ attempt: 2 })("tool put", PUT, never)).toBe("put");
  });

  test("repeats a call without effects that was interrupted or threw", async () => {
    const { store, journal } = opened();
    await expect(journal()("turn 1", THINK, crash)).rejects.toThrow("ends here");
    expect(await rowsOf(store)).toStrictEqual([]);
    expect(await journal()("turn 1", THINK, async () => "thought")).toBe("thought");
  });

  test.each(["happened", "not-happened"] as const)("believes a person who says: %s", async (verdict) => {
    const { journal } = opened();
    await expect(journal()("tool pay", PAY, crash)).rejects.toThrow("ends here");
    const settled = new Map([["k1", { verdict, output: "receipt" }]]);
    const outcome = await journal({ settled })("tool pay", PAY, never);
    expect(outcome).toEqual(settledOutcome(verdict, "receipt"));
    expect(await journal({ attempt: 2 })("tool pay", PAY, never)).toEqual(outcome);
  });

  test("of one item knows nothing of another's", async () => {
    const { journal } = opened();
    await journal({ item: 0 })("tool pay", PAY, async () => "for 0");
    expect(await journal({ item: 1 })("tool pay", PAY, async () => "for 1")).toBe("for 1");
  });

  test("that lost its run writes nothing, and calls nothing that has effects", async () => {
    const { store, journal } = opened();
    const checkpoint = journal();
    await store.claim("run", 0, "another", 9);
    await expect(checkpoint("tool pay", PAY, never)).rejects.toMatchObject({ code: "STORE_FENCED" });
    await expect(checkpoint("turn 1", THINK, async () => 1)).rejects.toMatchObject({ code: "STORE_FENCED" });
    expect(await rowsOf(store)).toStrictEqual([]);
  });
});
