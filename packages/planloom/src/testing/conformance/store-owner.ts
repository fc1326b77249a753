// Stories about a run's owner, inbox and journal. In: a way to open a store. Out: stories.
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { ROLE_SCOPES } from "../../run/keys.js";
import { chain, completedEvent, entry, headAt, NEW, newRun, row, type OpenStore } from "./store-sample.js";
import { stories } from "./story.js";

export const ownerStories = stories<OpenStore>(({ about, story }) => {
  about("delete", () => {
    story("takes away all of a run, and nothing of another one that holds the same values", async (opened) => {
      const [store, gone, kept] = [await opened(), newRun(), newRun()];
      const large = "x".repeat(100_000);
      for (const runId of [gone, kept]) {
        await store.claim(runId, 0, "host/1/1", 9_000);
        const events = [completedEvent({ runId, seq: 1 }, large), completedEvent({ runId, seq: 2 }, runId)];
        await store.append(runId, { expectedSeq: 0, epoch: 1 }, events, headAt(runId, 2));
        await store.writeJournal(row(runId, { outcome: large }), 1);
        await store.put(runId, entry("one"));
      }
      equal(await store.delete(gone, 1), true);
      deepEqual(await store.read(gone), []);
      deepEqual(await store.readRunJournal(gone), []);
      deepEqual(await store.take(gone, 0), []);
      equal((await store.owner(gone))?.holder, null);
      deepEqual((await store.list({ text: gone })).runs, []);
      equal((await store.read(kept)).length, 2);
      equal((await store.readRunJournal(kept))[0]?.outcome, large);
      equal((await store.take(kept, 0)).length, 1);
    });

    story("leaves nothing to write for an owner of the run, not even into a new run of its id", async (opened) => {
      const [store, runId] = [await opened(), newRun()];
      const refused = async (): Promise<void> => {
        await rejects(store.append(runId, { expectedSeq: 0, epoch: 1 }, chain(runId, 1)), { code: "STORE_FENCED" });
        await rejects(store.writeJournal(row(runId), 1), { code: "STORE_FENCED" });
        equal(await store.claim(runId, 1, "host/1/1", 9_000), undefined);
      };
      await store.claim(runId, 0, "host/1/1", 9_000);
      await store.append(runId, { expectedSeq: 0, epoch: 1 }, chain(runId, 1));
      equal(await store.delete(runId, 1), true);
      equal(await store.delete(runId, 2), false);
      await refused();
      const epoch = await store.claim(runId, 2, "host/2/2", 9_000);
      equal(epoch, 3);
      await refused();
      await store.append(runId, { expectedSeq: 0, epoch }, chain(runId, 1));
      equal((await store.read(runId)).length, 1);
    });

    story("is refused to anybody but the last owner, and does nothing for an unknown run", async (opened) => {
      const [store, runId] = [await opened(), newRun()];
      equal(await store.delete(runId, 0), false);
      await store.append(runId, NEW, chain(runId, 1));
      await store.claim(runId, 0, "host/1/1", 9_000);
      await rejects(store.delete(runId, 0), { code: "STORE_FENCED" });
      equal((await store.read(runId)).length, 1);
      equal(await store.delete(runId, 1), true);
    });
  });

  about("owner", () => {
    story("is absent at first; then each claim raises the epoch", async (opened) => {
      const [store, runId] = [await opened(), newRun()];
      equal(await store.owner(runId), undefined);
      equal(await store.claim(runId, 0, "host/1/1", 9_000), 1);
      deepEqual(await store.owner(runId), { epoch: 1, holder: "host/1/1", leaseUntil: 9_000 });
      equal(await store.claim(runId, 1, "host/2/2", 9_500), 2);
      deepEqual(await store.owner(runId), { epoch: 2, holder: "host/2/2", leaseUntil: 9_500 });
    });

    story("is one of two that claim at the same time", async (opened) => {
      const [store, runId] = [await opened(), newRun()];
      const epochs = await Promise.all(["host/1/1", "host/2/2"].map((holder) => store.claim(runId, 0, holder, 9_000)));
      deepEqual(epochs, [1, undefined]);
      equal((await store.owner(runId))?.holder, "host/1/1");
    });

    story("that lost the run can no longer write", async (opened) => {
      const [store, runId] = [await opened(), newRun()];
      await store.claim(runId, 0, "host/1/1", 9_000);
      await store.append(runId, { expectedSeq: 0, epoch: 1 }, chain(runId, 1));
      await store.claim(runId, 1, "host/2/2", 9_000);

      const second = [completedEvent({ runId, seq: 2 }, "late")];
      for (const epoch of [0, 1, 3]) {
        const late = store.append(runId, { expectedSeq: 1, epoch }, second);
        await rejects(late, { code: "STORE_FENCED", kind: "store" });
        await rejects(store.writeJournal(row(runId), epoch), { code: "STORE_FENCED" });
      }
      equal((await store.read(runId)).length, 1);
      deepEqual(await store.readRunJournal(runId), []);

      await store.append(runId, { expectedSeq: 1, epoch: 2 }, second);
      await store.writeJournal(row(runId), 2);
      equal((await store.read(runId)).length, 2);
    });

    story("that lost the run gets STORE_FENCED, not STORE_CONFLICT", async (opened) => {
      const [store, runId] = [await opened(), newRun()];
      await store.append(runId, NEW, chain(runId, 3));
      await store.claim(runId, 0, "host/2/2", 9_000);
      const late = store.append(runId, { expectedSeq: 1, epoch: 0 }, [completedEvent({ runId, seq: 2 }, null)]);
      await rejects(late, { code: "STORE_FENCED" });
    });

    story("renews all of its leases, and none of others", async (opened) => {
      const [store, holder, other] = [await opened(), `host/1/${newRun()}`, `host/2/${newRun()}`];
      const [one, two, foreign] = [newRun(), newRun(), newRun()];
      await Promise.all([one, two].map((runId) => store.claim(runId, 0, holder, 9_000)));
      await store.claim(foreign, 0, other, 9_000);
      await store.renew(holder, 12_000);

      const leases = await Promise.all(
        [one, two, foreign].map(async (runId) => (await store.owner(runId))?.leaseUntil),
      );
      deepEqual(leases, [12_000, 12_000, 9_000]);
    });

    story("releases its run, which keeps its epoch and may be claimed", async (opened) => {
      const [store, runId] = [await opened(), newRun()];
      await store.claim(runId, 0, "host/1/1", 9_000);
      await store.release(runId, 1);
      deepEqual(await store.owner(runId), { epoch: 1, holder: null, leaseUntil: 0 });
      equal(await store.claim(runId, 1, "host/2/2", 9_000), 2);
    });

    story("cannot release a run that it lost", async (opened) => {
      const [store, runId] = [await opened(), newRun()];
      await store.claim(runId, 0, "host/1/1", 9_000);
      await store.claim(runId, 1, "host/2/2", 9_000);
      await store.release(runId, 1);
      equal((await store.owner(runId))?.holder, "host/2/2");
    });
  });

  about("inbox", () => {
    story("gives entries once each, in order, after a cursor", async (opened) => {
      const [store, runId] = [await opened(), newRun()];
      for (const inputId of ["a", "b", "c"]) ok(await store.put(runId, entry(inputId)));

      const all = await store.take(runId, 0);
      deepEqual(
        all,
        ["a", "b", "c"].map((inputId, index) => ({ ...entry(inputId), cursor: index + 1 })),
      );
      deepEqual(
        (await store.take(runId, 2)).map((taken) => taken.inputId),
        ["c"],
      );
      deepEqual(await store.take(runId, 3), []);
    });

    story("takes an input id once, and the first payload stays", async (opened) => {
      const [store, runId] = [await opened(), newRun()];
      const both = await Promise.all([1, 2].map((payload) => store.put(runId, entry("a", payload))));
      deepEqual(both, [true, false]);
      equal(await store.put(runId, entry("a", 3)), false);
      ok(await store.put(runId, entry("b", 4)));
      deepEqual(
        (await store.take(runId, 0)).map(({ cursor, payload }) => [cursor, payload]),
        [
          [1, 1],
          [2, 4],
        ],
      );
    });

    story("of one run does not hold entries of another", async (opened) => {
      const [store, one, two] = [await opened(), newRun(), newRun()];
      ok(await store.put(one, entry("a")));
      ok(await store.put(two, entry("a")));
      deepEqual(await store.take(two, 0), [{ ...entry("a"), cursor: 1 }]);
      deepEqual(await store.take(newRun(), 0), []);
    });
  });

  about("journal", () => {
    story("holds the intent, then the outcome in its place", async (opened) => {
      const [store, runId] = [await opened(), newRun()];
      const intent = row(runId, { name: "send_mail", key: "k1" });
      await store.writeJournal(intent, 0);
      deepEqual(await store.readJournal(intent), [intent]);

      const outcome = { ...intent, outcome: { ok: true }, at: 2_000 };
      await store.writeJournal(outcome, 0);
      deepEqual(await store.readJournal(intent), [outcome]);
    });

    story("reads one step or item in the order of attempt and n, in whatever order it was written", async (opened) => {
      const [store, runId] = [await opened(), newRun()];
      const written = [
        [2, 1],
        [1, 10],
        [1, 2],
        [1, 1],
      ] as const;
      for (const [attempt, n] of written) await store.writeJournal(row(runId, { attempt, n }), 0);
      await store.writeJournal(row(runId, { item: 0, name: "of an item" }), 0);
      await store.writeJournal(row(runId, { stepId: ROLE_SCOPES.plan }), 0);

      const rows = await store.readJournal({ runId, stepId: "find", item: null });
      deepEqual(
        rows.map(({ attempt, n }) => `${attempt}.${n}`),
        ["1.1", "1.2", "1.10", "2.1"],
      );
      const ofItem = await store.readJournal({ runId, stepId: "find", item: 0 });
      deepEqual(
        ofItem.map(({ name: called }) => called),
        ["of an item"],
      );
      deepEqual(await store.readJournal({ runId: newRun(), stepId: "find", item: null }), []);
    });

    story("of a whole run is in the order of step, item, attempt and n", async (opened) => {
      const [store, runId] = [await opened(), newRun()];
      const rows = [
        row(runId, { stepId: ROLE_SCOPES.plan }),
        row(runId, { stepId: "a", attempt: 1, n: 1 }),
        row(runId, { stepId: "a", attempt: 1, n: 2 }),
        row(runId, { stepId: "a", attempt: 2 }),
        row(runId, { stepId: "a", item: 0 }),
        row(runId, { stepId: "a", item: 2 }),
        row(runId, { stepId: "a", item: 10 }),
        row(runId, { stepId: "b" }),
      ];
      for (const each of rows.toReversed()) await store.writeJournal(each, 0);
      deepEqual(await store.readRunJournal(runId), rows);
    });
  });
});
