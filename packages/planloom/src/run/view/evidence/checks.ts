// Runs all failure checks of an evidence card over a log. In: events in today's form, and the calls inside of agent
// steps. Out: one result for each check. Nothing is asked of a model.
import type { RunEvent } from "../../event.js";
import type { CheckResults, InnerCall } from "./check.js";
import { inventedSteps } from "./invented.js";
import { loops } from "./loop.js";
import { staleOutputs } from "./stale.js";
import { unverifiedClaims } from "./unverified.js";

export const failureChecks = (events: readonly RunEvent[], calls: readonly InnerCall[]): CheckResults => ({
  invented: inventedSteps(events, calls),
  stale: staleOutputs(events),
  loop: loops(events, calls),
  unverified: unverifiedClaims(events, calls),
});
