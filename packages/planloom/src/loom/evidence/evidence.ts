// Reads what an evidence card is made of. In: a store and a run's id. Out: the card. It does not fold the run as an
// engine does: a log that the kernel refuses is evidence, too.
import { PlanloomError } from "../../words/planloom-error.js";
import { eventHash } from "../../run/event.js";
import { LogReader } from "../../run/log/chain.js";
import type { EventStore } from "../../store/event-store.js";
import { readEvent } from "../../store/store-error.js";
import { evidenceCard, type EvidenceCard, type EvidenceOptions } from "./card.js";

/** Rejects with RUN_UNKNOWN, and with RUN_DAMAGED or EVENT_NEWER if the chain of the log is broken. */
export async function readEvidence(
  store: EventStore,
  runId: string,
  options: EvidenceOptions = {},
): Promise<EvidenceCard> {
  const [recorded, journal] = await Promise.all([store.read(runId), store.readRunJournal(runId)]);
  const last = recorded.at(-1);
  if (last === undefined) throw new PlanloomError("RUN_UNKNOWN", { name: runId, store: store.name });
  const reader = new LogReader(runId);
  const events = recorded.map((event) => readEvent(runId, reader.next(event)));
  return evidenceCard({ events, lastHash: eventHash(last), journal }, options);
}
