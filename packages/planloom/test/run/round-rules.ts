// What the rounds of a step may do, from the log alone. In: events as they come, and the step of each. Out: what is
// wrong. Written from the promises: no round twice, no round lost, none after `until` is met or after `most`.
import { isDeepStrictEqual } from "node:util";
import { isObject, type Json } from "../../src/plan/json.js";
import type { Repeat, Step } from "../../src/plan/plan.js";
import type { EventOf, RunEvent, StepRef } from "../../src/run/event.js";

/** The conditions that plans are drawn with. undefined: it says neither yes nor no. A record has a size, too. */
export const UNTILS: { readonly [until: string]: (output: Json, round: number) => boolean | undefined } = {
  "${{ output != 0 }}": (output) => output !== 0,
  "${{ output == 1 }}": (output) => output === 1,
  "${{ round >= 2 }}": (_output, round) => round >= 2,
  "${{ round >= 9 }}": (_output, round) => round >= 9,
  "${{ size(output) > 2 }}": (output) =>
    isObject(output)
      ? Object.keys(output).length > 2
      : typeof output === "string" || Array.isArray(output)
        ? output.length > 2
        : undefined,
  "${{ output }}": (output) => (typeof output === "boolean" ? output : undefined),
};

interface Rounds {
  /** That have ended with an output, and their outputs. */
  readonly outputs: Json[];
  /** That had ended before the step went on after its end. */
  since: number;
  /** The round that may run now, from 1; 0: none. */
  due: number;
  /** Whether `until` was met, or the last round was reached. */
  over: "met" | "not met" | undefined;
  /** The step has failed, or has another plan: it may go on. */
  mayGoOn: boolean;
}

export class RoundRules {
  readonly #rounds = new Map<string, Rounds>();

  /** `stepOf` gives a step of the plan in which the event was decided. */
  heed(event: RunEvent, stepOf: (id: string) => Step | undefined): string | undefined {
    switch (event.type) {
      case "run.reopened":
        for (const id of event.data.restarted) this.#rounds.delete(id);
        this.#goOn();
        return undefined;
      case "plan.proposed":
        return this.#replaced(event.data.kept ?? []);
      case "step.repeated":
        return this.#repeated(event, stepOf(event.data.step)?.repeat);
      case "step.started":
      case "step.filling":
        return this.#begins(event.data, stepOf(event.data.step));
      case "step.completed":
        return this.#completed(event, stepOf(event.data.step));
      case "step.failed":
      case "step.skipped":
        if (event.data.item === undefined) this.#goOn(event.data.step);
        return undefined;
      default:
        return undefined;
    }
  }

  #goOn(step?: string): void {
    for (const [id, rounds] of this.#rounds) if (step === undefined || step === id) rounds.mayGoOn = true;
  }

  #replaced(kept: readonly StepRef[]): undefined {
    const stay = new Set(kept.map(({ step }) => step));
    for (const id of this.#rounds.keys()) if (!stay.has(id)) this.#rounds.delete(id);
    this.#goOn();
  }

  #repeated({ data }: EventOf<"step.repeated">, repeat: Repeat | undefined): string | undefined {
    if (repeat === undefined) return "is about a step without rounds";
    const { step, round, met, again, since, carried } = data;
    const before = this.#rounds.get(step);
    if (round === 0) {
      if (before !== undefined) return "begins rounds that have begun";
      this.#rounds.set(step, { outputs: [], since: 0, due: 1, over: undefined, mayGoOn: false });
      return undefined;
    }
    // What a fork takes over as a whole has no rounds there.
    if (before === undefined)
      return carried !== undefined && again !== true ? undefined : "ends a round that never began";
    if (round !== before.outputs.length) return `ends round ${round}, and ${before.outputs.length} have ended`;
    if (since !== undefined) {
      if (carried === undefined && (since !== round || !before.mayGoOn)) return "goes on, and has not ended";
      before.since = since;
    }
    before.mayGoOn = false;
    before.due = again === true ? round + 1 : 0;
    before.over = again === true ? undefined : met ? "met" : "not met";
    if (carried !== undefined) return undefined;
    const verdict = UNTILS[repeat.until]!(before.outputs[round - 1] ?? null, round);
    if (verdict !== met) return `says ${met}, and until says ${verdict}`;
    const isLast = round - before.since >= repeat.most;
    return (again === true) === (!met && !isLast) ? undefined : "goes on, and should not, or ends too early";
  }

  #begins({ step, item }: StepRef, spec: Step | undefined): string | undefined {
    if (spec?.repeat === undefined) return undefined;
    const due = this.#rounds.get(step)?.due ?? 0;
    return item !== undefined && item + 1 === due ? undefined : `begins round ${(item ?? -1) + 1}, and ${due} is due`;
  }

  #completed({ data }: EventOf<"step.completed">, spec: Step | undefined): string | undefined {
    if (spec?.repeat === undefined) return undefined;
    const { step, item, output, carried } = data;
    const rounds = this.#rounds.get(step);
    if (item === undefined) {
      if (carried !== undefined) return undefined;
      if (rounds === undefined || !isDeepStrictEqual(rounds.outputs.at(-1), output)) return "has not its last output";
      const isEnough = rounds.over === "met" || (rounds.over === "not met" && spec.repeat.otherwise === "last");
      return isEnough ? undefined : "completes, and until is not met";
    }
    if (rounds?.due !== item + 1) return `ends round ${item + 1}, and ${rounds?.due ?? 0} is due`;
    rounds.outputs[item] = output;
    rounds.due = 0;
    return undefined;
  }
}
