// Sends a command at most once, by an id of its sender. In: a run, a command and the id. Out: one reply for all times that
// it is sent, also by other processes. A refused command that left nothing in the inbox is judged anew.
import { canonicalJson, isObject, type Json } from "../plan/json.js";
import { hashOf } from "../plan/hash.js";
import type { Clock } from "../clock.js";
import type { Engine, Reply } from "../engine/engine.js";
import { notAnswered } from "../engine/engine-error.js";
import { pause } from "../engine/log.js";
import { commandReply, isReply } from "../engine/senders.js";
import { LIMITS } from "../limits.js";
import type { Command } from "../run/command.js";
import type { EventStore } from "../store/event-store.js";
import { hasCode, PlanloomError } from "../words/planloom-error.js";

type SentOptions = Parameters<Engine["send"]>[2];

/** The id as its sender gave it, and the id of the command in the store. */
interface SentId {
  readonly given: string;
  readonly stored: string;
}

export class OnceSender {
  /** Commands that this process is sending, by their ids in the store. */
  readonly #sending = new Map<string, { readonly command: Command; readonly reply: Promise<Reply> }>();

  constructor(
    private readonly engine: Engine,
    private readonly store: EventStore,
    private readonly clock: Clock,
  ) {}

  /** Rejects with INPUT_REUSED if another command was sent with this id, and as Engine.send does. */
  async send(runId: string, command: Command, options: SentOptions & { readonly inputId: string }): Promise<Reply> {
    const { inputId: given, ...told } = options;
    const id = { given, stored: `sent-${hashOf([runId, told.by, given])}` };
    const current = this.#sending.get(id.stored);
    if (current !== undefined) {
      assertSame(runId, id, current.command, command);
      return current.reply;
    }
    const reply = this.#sent(runId, command, id, told).finally(() => this.#sending.delete(id.stored));
    this.#sending.set(id.stored, { command, reply });
    return reply;
  }

  async #sent(runId: string, command: Command, id: SentId, told: SentOptions): Promise<Reply> {
    if (await this.#isStored(runId, command, id)) return this.#answered(runId, id);
    const reply = await this.engine.send(runId, command, { ...told, inputId: id.stored });
    // Another process may have been faster, with another command.
    await this.#isStored(runId, command, id);
    return reply;
  }

  async #isStored(runId: string, command: Command, id: SentId): Promise<boolean> {
    const entry = (await this.store.take(runId, 0)).find(({ inputId }) => inputId === id.stored);
    if (entry === undefined) return false;
    assertSame(runId, id, entry.payload, command);
    return true;
  }

  /** The reply to a command that is in the inbox. Its sender may have died before it was decided. */
  async #answered(runId: string, id: SentId): Promise<Reply> {
    const deadline = this.clock.now() + LIMITS.replyMs;
    for (let fromSeq = 1; ;) {
      for await (const event of this.engine.events(runId, { fromSeq })) {
        if (isReply(event, id.stored)) return commandReply(event);
        fromSeq = event.seq + 1;
      }
      if (this.clock.now() >= deadline) return notAnswered();
      await this.engine.drive(runId, "COMMAND_ARRIVED").catch(unlessOwned);
      await pause(this.clock, LIMITS.inboxPollMs);
    }
  }
}

function unlessOwned(error: unknown): void {
  if (!hasCode(error, "RUN_OWNED")) throw error;
}

function assertSame(runId: string, { given }: SentId, one: Json | Command, other: Command): void {
  if (meaningOf(one) !== meaningOf(other)) throw new PlanloomError("INPUT_REUSED", { runId, inputId: given });
}

/** What a command says, without the facts that this process adds: they may differ the second time. */
function meaningOf(command: Json | Command): string {
  const {
    settings: _settings,
    models: _models,
    doubt: _doubt,
    plan,
    ...said
  } = command as { readonly [field: string]: Json };
  return canonicalJson({ ...said, ...(isObject(plan) ? { plan: plan["hash"] } : {}) });
}
