// How long ended runs are kept. In: the value under `retention`. Out: the same in ms, or what is wrong with it. Nothing
// is removed when a loom is made: `planloom store prune` and `planloom serve` apply it.
import { DURATION_PATTERN, durationMs } from "../plan/duration.js";
import { isEndedStatus, type EndedStatus } from "../run/status.js";
import type { PruneQuery } from "./maintenance.js";
import type { SettingChecks } from "./config-value.js";

export interface RetentionConfig {
  /** The age of the last event: `30d`, `12h`. Older runs are removed. */
  readonly olderThan: string;
  /** Which ended runs. Default: completed, failed, cancelled. */
  readonly status?: readonly EndedStatus[];
}

const KEYS: Record<keyof RetentionConfig, true> = { olderThan: true, status: true };

export function knownRetention(given: RetentionConfig | undefined, check: SettingChecks): void {
  if (given === undefined) return;
  const { olderThan, status } = check.record("retention.", given, KEYS);
  if (typeof olderThan !== "string" || !DURATION_PATTERN.test(olderThan))
    check.wrong("retention.olderThan", olderThan, { is: "duration" });
  const isKnown = Array.isArray(status) && status.every((one: unknown) => isEndedStatus(one as string));
  if (status !== undefined && !isKnown) check.wrong("retention.status", status, { is: "ended-statuses" });
}

/** undefined if the configuration says nothing. The value has been checked. */
export const retentionIn = (given: RetentionConfig | undefined): PruneQuery | undefined =>
  given === undefined
    ? undefined
    : {
        olderThan: durationMs(given.olderThan),
        ...(given.status === undefined ? {} : { status: given.status }),
      };
