// Views of stories and of recorded logs. In: inputs of the kernel, or a log. Out: the view at a time.
import { LogReader } from "../../src/run/log/chain.js";
import type { RunEvent } from "../../src/run/event.js";
import { timelineOf, viewOf } from "../../src/loom/view/view.js";
import type { RowView, RunView } from "../../src/loom/view/run-view.js";
import { start, Story, type LooseInput, type StartFacts } from "../../src/testing/given-when-then.js";
import { TOOLS } from "../run/parts.js";

/** A recorded log in the form of today. */
export function readLogOf(log: readonly RunEvent[]): readonly RunEvent[] {
  const reader = new LogReader(log[0]!.runId);
  return log.map((event) => {
    const link = reader.next(event);
    if (!link.ok) throw new Error(`event ${event.seq} cannot be read`);
    return link.event;
  });
}

/** The log of a story: a start, then these inputs. */
export function storyLog(facts: StartFacts, ...inputs: readonly Told[]): readonly RunEvent[] {
  const story = new Story();
  return [start({ tools: TOOLS, ...facts }), ...inputs].flatMap((told) => {
    return story.when(typeof told === "function" ? told(story) : told).events;
  });
}

/** An input, or what makes it from the story so far. */
export type Told = LooseInput | ((story: Story) => LooseInput);

export const steps = (...all: readonly object[]) => ({ plan: { steps: all, answer: { value: "done" } } });

/** `now`: ms since 1970; by default the time of the last event. */
export const viewAt = (log: readonly RunEvent[], now = log.at(-1)!.at): RunView => viewOf(timelineOf(log), { now });

export function rowOf({ rows }: Pick<RunView, "rows">, key: string): RowView {
  const row = rows.find((one) => one.key === key);
  if (row === undefined) throw new Error(`no row ${key} in ${rows.map((one) => one.key).join(", ")}`);
  return row;
}

/** The bars of a row or item in short: `attempt 1 0-5 failed`; a critical one has a star, an open one no end. */
export const barsOf = ({ bars }: Pick<RowView, "bars">): readonly string[] =>
  bars.map(
    ({ kind, attempt, fromMs, toMs, status, critical }) =>
      `${kind} ${attempt} ${fromMs}-${toMs ?? ""} ${status}${critical ? " *" : ""}`,
  );
