// Stories about the list of runs, for any content of their logs. In: a way to open a store. Out: stories.
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type { RunEvent } from "../../run/event.js";
import type { RunHead } from "../../run/view/head.js";
import type { EventStore, ListQuery, RunList } from "../../store/event-store.js";
import { matches } from "./matches.js";
import {
  chain,
  completedEvent,
  entry,
  goalChanged,
  headAt,
  NEW,
  newRun,
  eventsAndHead,
  started,
  type OpenStore,
} from "./store-sample.js";
import { stories } from "./story.js";

export const listStories = stories<OpenStore>(({ about, story }) => {
  about("list", () => {
    story("begins with the run of the newest event", async (opened) => {
      const [store, old, young] = [await opened(), newRun(), newRun()];
      await store.append(old, NEW, [completedEvent({ runId: old, seq: 1, at: 5_000 }, 1)]);
      await store.append(young, NEW, [completedEvent({ runId: young, seq: 1, at: 6_000 }, 1)]);
      deepEqual(await listed(store, [old, young]), [young, old]);

      await store.append(old, { expectedSeq: 1, epoch: 0 }, [completedEvent({ runId: old, seq: 2, at: 7_000 }, 1)]);
      deepEqual(await listed(store, [old, young]), [old, young]);
    });

    story("orders runs of the same time by id, the larger one first", async (opened) => {
      const [store, tag] = [await opened(), newRun()];
      for (const runId of [`${tag}-b`, `${tag}-c`, `${tag}-a`]) await store.append(runId, NEW, chain(runId, 1));
      deepEqual(idsOf(await store.list({ text: tag })), [`${tag}-c`, `${tag}-b`, `${tag}-a`]);
    });

    story("gives the head that was stored with a run's last events", async (opened) => {
      const [store, runId] = [await opened(), newRun()];
      const goal = "Compare the cost of living. ".repeat(500);
      const head = headAt(runId, 2, {
        goal,
        status: "awaiting-approval",
        waiting: { approvals: 2, questions: 0, doubts: 1, first: "call" },
        parent: { runId: "run_other", seq: 9, at: "find" },
      });
      await store.append(runId, NEW, [goalChanged({ runId, seq: 1 }, goal)], headAt(runId, 1, { goal }));
      await store.append(runId, { expectedSeq: 1, epoch: 0 }, [completedEvent({ runId, seq: 2 }, 1)], head);
      deepEqual((await store.list({ text: runId })).runs, [head]);
    });

    story("computes a head that was not stored with the events", async (opened) => {
      const [store, runId] = [await opened(), newRun()];
      const { events, head } = started(runId, { goal: "Compare" });
      await store.append(runId, NEW, events);
      for (let look = 0; look < 2; look++) {
        deepEqual((await store.list({ text: runId })).runs, [head]);
      }
      matches(head, { goal: "Compare", status: "planning", lastSeq: events.length });
    });

    story("computes a head that is older than the run's last event", async (opened) => {
      const [store, runId] = [await opened(), newRun()];
      const { story: told, events, head } = started(runId);
      await store.append(runId, NEW, events, head);
      const next = eventsAndHead(told.when({ type: "pause", at: 2_000, reason: "wait" }));
      await store.append(runId, { expectedSeq: events.length, epoch: 0 }, next.events);
      equal(next.head.status, "paused");
      deepEqual((await store.list({ text: runId })).runs, [next.head]);
    });

    story("refuses a head that does not belong to the events: a mistake of the caller", async (opened) => {
      const [store, runId] = [await opened(), newRun()];
      const events = chain(runId, 2);
      await rejects(store.append(runId, NEW, events, headAt(runId, 1)), /head/);
      await rejects(store.append(runId, NEW, events, headAt("other", 2)), /head/);
      deepEqual(await store.read(runId), []);
    });

    story("leaves out a run that has an owner or a command but no event", async (opened) => {
      const [store, owned, told] = [await opened(), newRun(), newRun()];
      await store.claim(owned, 0, "host/1/1", 9_000);
      await store.put(told, entry("a"));
      deepEqual(await listed(store, [owned, told]), []);
    });
  });

  about("a run that cannot be read", () => {
    /** The log of a started run, with its last event changed. */
    function changed(runId: string, change: object): readonly RunEvent[] {
      const { events } = started(runId);
      return [...events.slice(0, -1), { ...events.at(-1)!, ...change }];
    }

    const strangeEvents: readonly (readonly [string, object, object])[] = [
      ["is of a newer version", { v: 99 }, { code: "EVENT_NEWER", params: { seq: 1, version: 99 } }],
      ["has another form altogether", { v: 99, at: "today", type: 7, data: null }, { code: "EVENT_NEWER" }],
      ["has no version", { v: undefined }, { code: "RUN_DAMAGED", params: { soundTo: 0 } }],
      ["does not follow in the chain", { prev: "0".repeat(64) }, { code: "RUN_DAMAGED", params: { soundTo: 0 } }],
      ["has no data", { data: null }, { code: "RUN_DAMAGED", params: { soundTo: 0 } }],
      ["has data of a wrong type", { data: { goal: 7, settings: "none" } }, { code: "RUN_DAMAGED" }],
      ["is of an unknown type", { type: "run.danced", data: {} }, { code: "RUN_DAMAGED" }],
      ["has a time that is none", { at: "today" }, { code: "RUN_DAMAGED" }],
    ];
    for (const [what, change, unreadable] of strangeEvents) {
      story(`whose event ${what} is listed as unreadable, beside the others`, async (opened) => {
        const [store, tag] = [await opened(), newRun()];
        const sound = started(`${tag}-sound`);
        await store.append(sound.head.runId, NEW, sound.events, sound.head);
        const strange = `${tag}-strange`;
        await store.append(strange, NEW, changed(strange, change));

        for (let look = 0; look < 2; look++) {
          const { runs } = await store.list({ text: tag });
          equal(runs.length, 2);
          ok(runs.some((one) => isDeepStrictEqual(one, sound.head)));
          const row = runs.find(({ runId }) => runId === strange);
          matches(row, { runId: strange, lastSeq: 1, unreadable });
          equal(typeof row?.goal, "string");
          ok([row?.startedAt, row?.updatedAt].every(Number.isFinite));
        }
      });
    }

    story("is listed with a head again after its next events", async (opened) => {
      const [store, runId] = [await opened(), newRun()];
      await store.append(runId, NEW, changed(runId, { v: 99 }));
      matches((await store.list({ text: runId })).runs, [{ unreadable: { code: "EVENT_NEWER" } }]);
      const head = headAt(runId, 2, { goal: "Compare" });
      await store.append(runId, { expectedSeq: 1, epoch: 0 }, [completedEvent({ runId, seq: 2 }, 1)], head);
      deepEqual((await store.list({ text: runId })).runs, [head]);
    });
  });

  about("list filters", () => {
    async function several(opened: OpenStore): Promise<{ readonly store: EventStore; readonly tag: string }> {
      const [store, tag] = [await opened(), newRun()];
      const waiting = { approvals: 1, questions: 0, doubts: 0, first: "plan" } as const;
      const heads: readonly (readonly [string, Partial<RunHead>])[] = [
        ["1", { status: "completed", goal: "Compare the cost of living" }],
        ["2", { status: "failed", goal: "Žluťoučký KŮŇ" }],
        ["3", { status: "awaiting-approval", waiting, goal: "Refund the order" }],
        ["4", { status: "paused", waiting, goal: "Compare again" }],
        ["5", { status: "running", goal: "100%_sure" }],
      ];
      for (const [end, change] of heads) {
        const [runId, at] = [`${tag}-${end}`, 1_000 * Number(end)];
        const head = headAt(runId, 1, { startedAt: at, updatedAt: at, ...change });
        await store.append(runId, NEW, [goalChanged({ runId, seq: 1, at }, head.goal)], head);
      }
      const strange = `${tag}-6`;
      await store.append(strange, NEW, [{ ...completedEvent({ runId: strange, seq: 1, at: 6_000 }, 1), v: 99 }]);
      return { store, tag };
    }

    const endsOf = (list: RunList, tag: string): readonly string[] =>
      idsOf(list)
        .filter((runId) => runId.startsWith(tag))
        .map((runId) => runId.slice(tag.length + 1));

    const queries: readonly (readonly [ListQuery, string])[] = [
      [{ status: "failed" }, "2"],
      [{ status: ["completed", "running"] }, "5 1"],
      [{ status: "waiting" }, "4 3"],
      [{ status: ["paused", "unreadable"] }, "6 4"],
      [{ status: [] }, ""],
      [{ text: "COMPARE" }, "4 1"],
      [{ text: "kůň" }, "2"],
      [{ text: "%" }, "5"],
      [{ text: "0%_s" }, "5"],
      [{ text: "" }, "6 5 4 3 2 1"],
      [{ since: 4_000 }, "6 5 4"],
      [{ since: 4_001, status: ["running", "failed"] }, "5"],
      [{ text: "compare", status: "completed", since: 1_000 }, "1"],
    ];
    for (const [query, ends] of queries) {
      story(JSON.stringify(query), async (opened) => {
        const { store, tag } = await several(opened);
        equal(endsOf(await store.list(query), tag).join(" "), ends);
      });
    }

    story("by a part of the id, in upper or lower case", async (opened) => {
      const { store, tag } = await several(opened);
      deepEqual(endsOf(await store.list({ text: `${tag.slice(4).toUpperCase()}-3` }), tag), ["3"]);
    });

    story("child runs of one run, or all runs but these", async (opened) => {
      const [store, tag] = [await opened(), newRun()];
      const [root, child, below] = [tag, `${tag}-child`, `${tag}-child-below`];
      const place = { step: "look", root };
      const heads: readonly (readonly [string, Partial<RunHead>])[] = [
        [root, {}],
        [child, { within: { ...place, runId: root, depth: 1 } }],
        [below, { within: { ...place, item: 0, runId: child, depth: 2 } }],
      ];
      for (const [runId, change] of heads) {
        const event = completedEvent({ runId, seq: 1 }, 1);
        await store.append(runId, NEW, [event], headAt(runId, 1, { updatedAt: event.at, ...change }));
      }
      deepEqual(idsOf(await store.list({ text: tag })), [below, child, root]);
      deepEqual(idsOf(await store.list({ text: tag, children: false })), [root]);
      deepEqual(idsOf(await store.list({ within: root })), [below, child]);
      deepEqual(idsOf(await store.list({ within: child })), [below]);
      deepEqual(idsOf(await store.list({ within: below })), []);
    });

    const filters: readonly (readonly [string, ListQuery])[] = [
      ["without a filter", {}],
      ["with a filter", { status: ["completed", "awaiting-approval", "running", "unreadable", "paused", "failed"] }],
    ];
    for (const [what, filter] of filters) {
      story(`in parts, ${what}: each run once, also if new runs are added meanwhile`, async (opened) => {
        const { store, tag } = await several(opened);
        const query = { ...filter, text: tag, limit: 2 };
        const parts: (readonly string[])[] = [];
        let list = await store.list(query);
        for (let part = 1; ; part++) {
          parts.push(endsOf(list, tag));
          if (list.cursor === undefined) break;
          const [runId, at] = [`${tag}-new-${part}`, 10_000 + part];
          const head = headAt(runId, 1, { startedAt: at, updatedAt: at });
          await store.append(runId, NEW, [completedEvent({ runId, seq: 1, at }, 1)], head);
          list = await store.list({ ...query, cursor: list.cursor });
        }
        deepEqual(parts, [
          ["6", "5"],
          ["4", "3"],
          ["2", "1"],
        ]);
      });
    }

    story("in parts, between runs of the same time", async (opened) => {
      const [store, tag] = [await opened(), newRun()];
      const all = ["a", "b", "c", "d", "e"].map((end) => `${tag}-${end}`);
      for (const runId of all) await store.append(runId, NEW, chain(runId, 1), headAt(runId, 1));
      const found: string[] = [];
      for (let cursor: string | undefined; ;) {
        const list = await store.list({ text: tag, limit: 1, ...(cursor === undefined ? {} : { cursor }) });
        found.push(...idsOf(list));
        if (list.cursor === undefined) break;
        cursor = list.cursor;
      }
      deepEqual(found, all.toReversed());
    });

    for (const cursor of ["", "abc", base64url("[1]"), base64url("null")]) {
      story(`refuse the cursor ${JSON.stringify(cursor)}`, async (opened) => {
        const store = await opened();
        await rejects(store.list({ cursor }), { code: "CURSOR_INVALID", kind: "usage" });
      });
    }
  });
});

async function listed(store: EventStore, runs: readonly string[]): Promise<string[]> {
  return idsOf(await store.list()).filter((runId) => runs.includes(runId));
}

const idsOf = ({ runs }: RunList): string[] => runs.map(({ runId }) => runId);

function base64url(text: string): string {
  return Buffer.from(text).toString("base64url");
}
