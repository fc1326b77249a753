// What may be undone, and in which order, from the log alone. In: events as they come. Out: what is wrong. Separate from
// the kernel's own books: the play of properties and the simulation both keep these rules.
import type { EventOf, MadeCall, RunEvent, StepRef } from "../../src/run/event.js";

type Requested = EventOf<"compensation.requested">["data"];

/** Every effect is kept, or undone exactly once: in reverse order, and never before it was done. */
export class Undoings {
  /** Keys of calls that acted, in the order in which they ended. */
  private readonly done: string[] = [];
  private readonly undone = new Set<string>();
  /** The keys of calls that are under way, by step and item. */
  private readonly begun = new Map<string, string>();
  private requested: Requested | undefined;
  private isOver = false;
  private queue: string[] = [];
  private open: string | undefined;

  /** What is wrong, in words; undefined where nothing is. */
  heed(event: RunEvent): string | undefined {
    if (this.requested !== undefined && event.type.startsWith("step.")) return "goes on while calls are undone";
    switch (event.type) {
      case "step.started":
        return this.started(event);
      case "step.unusable":
        if (event.data.ending === undefined && event.data.earlier === undefined) this.acted(this.keyOf(event.data));
        return undefined;
      case "step.judging":
        // What the call did is known before its output is judged.
        if (event.data.carried === undefined) this.acted(this.keyOf(event.data));
        return this.inner(event.data.calls);
      case "step.completed":
      case "step.failed":
        if (event.data.output !== undefined && !("carried" in event.data)) this.acted(this.keyOf(event.data));
        this.begun.delete(nameOf(event.data));
        return this.inner(event.data.calls);
      case "step.resolved":
        // With "use", a person gives the output of a call that acted: from then on it can be undone.
        if (["happened", "use"].includes(event.data.verdict)) this.acted(event.data.key);
        return undefined;
      case "step.asked":
      case "step.unknown":
      case "step.cancelled":
      case "approval.requested":
        return this.inner(event.data.calls);
      case "compensation.requested":
        return this.begins(event.data);
      case "compensation.started":
        return this.undoes(event.data.call);
      case "compensation.completed":
        return this.over(event.data.call, true);
      case "compensation.failed":
        this.open = undefined;
        return undefined;
      case "compensation.settled":
        this.open = undefined;
        if (event.data.verdict === "again") return undefined;
        return this.over(event.data.call, event.data.verdict === "undone", true);
      case "cancel.requested":
        // Of a run whose undoing is over, only a partial answer is still to come. A person who cancels that ends the run.
        if (this.isOver) this.requested = undefined;
        return undefined;
      case "compensation.ended":
        this.isOver = true;
        return event.data.how === "done" && this.queue.length > 0 ? "ends with calls that are not undone" : undefined;
      case "run.completed":
      case "run.failed":
      case "run.cancelled":
        return this.ends(event);
      default:
        return undefined;
    }
  }

  private started({ data }: EventOf<"step.started">): string | undefined {
    if (data.effects !== "none") this.begun.set(nameOf(data), data.key);
    return this.undone.has(data.key) ? "is called with the key of an undone call" : undefined;
  }

  private keyOf(ref: StepRef): string | undefined {
    return this.begun.get(nameOf(ref));
  }

  /** A call that is told of again acted then. */
  private acted(key: string | undefined): void {
    if (key === undefined || this.undone.has(key)) return;
    const before = this.done.indexOf(key);
    if (before >= 0) this.done.splice(before, 1);
    this.done.push(key);
  }

  private inner(calls: readonly MadeCall[] = []): string | undefined {
    for (const { key, error } of calls) if (error === undefined && !this.done.includes(key)) this.acted(key);
    return undefined;
  }

  private begins(data: Requested): string | undefined {
    this.requested = data;
    this.isOver = false;
    this.queue = data.calls.map(({ key }) => key);
    this.open = undefined;
    if (this.queue.some((key) => this.undone.has(key))) return "wants an undone call undone";
    const places = this.queue.map((key) => this.done.indexOf(key));
    if (places.includes(-1)) return "wants a call undone that did not act";
    return places.every((place, at) => at === 0 || place < places[at - 1]!) ? undefined : "is not in reverse order";
  }

  private undoes(call: string): string | undefined {
    if (this.open !== undefined) return "begins while another call is undone";
    this.open = call;
    return this.queue[0] === call ? undefined : "is not the next call";
  }

  private over(call: string, isUndone: boolean, byPerson = false): string | undefined {
    if (!byPerson && this.open !== call) return "is undone, and its undoing had not begun";
    if (this.queue.shift() !== call) return "is not the call whose turn it is";
    this.open = undefined;
    if (!isUndone) return undefined;
    if (this.undone.has(call)) return "is undone a second time";
    this.undone.add(call);
    return undefined;
  }

  private ends({ type }: RunEvent): string | undefined {
    const end = this.requested?.end.how;
    this.requested = undefined;
    this.queue = [];
    return end === undefined || `run.${end}` === type ? undefined : `ends otherwise than as ${end}`;
  }
}

const nameOf = ({ step, item }: StepRef): string => `${step}/${item ?? ""}`;
