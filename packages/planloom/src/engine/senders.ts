// Callers of Engine.send that wait for an answer. In: ids of commands, and events. Out: one reply for each.
import type { RunEvent } from "../run/event.js";
import type { Reply } from "./engine.js";

interface Sender {
  readonly runId: string;
  reply(reply: Reply): void;
}

export class Senders {
  /** By the id of the command. */
  readonly #waiting = new Map<string, Sender>();

  /** Resolves with the reply to this command. */
  wait(inputId: string, runId: string): Promise<Reply> {
    return new Promise((reply) => void this.#waiting.set(inputId, { runId, reply }));
  }

  has(inputId: string): boolean {
    return this.#waiting.has(inputId);
  }

  forget(inputId: string): void {
    this.#waiting.delete(inputId);
  }

  /** An event of a run that is driven here. */
  heard(event: RunEvent): void {
    if (isReply(event, event.inputId)) this.reply(event.inputId, commandReply(event));
  }

  reply(inputId: string, reply: Reply): void {
    this.#waiting.get(inputId)?.reply(reply);
    this.#waiting.delete(inputId);
  }

  /** Ids of the commands to this run that wait. */
  of(runId: string): readonly string[] {
    return [...this.#waiting].flatMap(([inputId, sender]) => (sender.runId === runId ? [inputId] : []));
  }
}

/** Whether an event answers this command. Facts about time with the same id are the engine's. */
export const isReply = ({ inputId, by }: RunEvent, to: string): boolean => inputId === to && by !== "engine";

export function commandReply(event: RunEvent): Reply {
  if (event.type !== "input.refused") return { ok: true };
  const { code, params, text } = event.data;
  return { ok: false, code, ...(params === undefined ? {} : { params }), ...(text === undefined ? {} : { text }) };
}
