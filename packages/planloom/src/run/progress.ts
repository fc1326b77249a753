// What an agent step had done when its call ended: turns, and calls with effects. In: an outcome or an event. Out: its
// fields that are set, for the next one. The fields themselves are defined in event.ts.
import type { AgentProgress } from "./event.js";

type Told = AgentProgress & { readonly turn?: number };

export function progressOf({ turn, turns, calls }: Told): Told {
  return {
    ...(turn === undefined ? {} : { turn }),
    ...(turns === undefined ? {} : { turns }),
    ...callsOf(calls === undefined ? {} : { calls }),
  };
}

export const callsOf = ({ calls }: Pick<AgentProgress, "calls">): Pick<AgentProgress, "calls"> =>
  calls === undefined || calls.length === 0 ? {} : { calls };
