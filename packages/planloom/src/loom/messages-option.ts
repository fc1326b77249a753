// Validates the earlier turns of a conversation. In: messages as given, perhaps from JavaScript. Out: what is recorded.
import { beginning } from "../beginning.js";
import { LIMITS } from "../limits.js";
import { isObject } from "../plan/json.js";
import { mostTokens } from "../plan/usage.js";
import type { Message } from "../run/message.js";
import type { MessageFault } from "../words/errors/start.js";
import { PlanloomError } from "../words/planloom-error.js";

/** An earlier turn. `trust` is by default `trusted` for the user's words, and `untrusted` for an assistant's. */
export interface GivenMessage {
  readonly role: "user" | "assistant";
  readonly content: string;
  readonly trust?: "trusted" | "untrusted";
}

/** Oldest first. Throws MESSAGES_INVALID, MESSAGES_TOO_LONG. */
export function soundMessages(given: unknown): readonly Message[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) throw new PlanloomError("MESSAGES_INVALID", { fault: "not-a-list" });
  const messages = given.map(soundMessage);
  const tokens = messages.reduce((sum, { content }) => sum + mostTokens(content), 0);
  if (messages.length <= LIMITS.messages && tokens <= LIMITS.messageTokens) return messages;
  const limits = { limit: LIMITS.messages, tokenLimit: LIMITS.messageTokens };
  throw new PlanloomError("MESSAGES_TOO_LONG", { messages: messages.length, tokens, ...limits });
}

function soundMessage(given: unknown, index: number): Message {
  const wrong = (fault: MessageFault) => new PlanloomError("MESSAGES_INVALID", { index, fault });
  if (!isObject(given)) throw wrong("not-a-message");
  const { role, content, trust = role === "user" ? "trusted" : "untrusted", ...others } = given;
  if (role !== "user" && role !== "assistant") throw wrong("role");
  if (typeof content !== "string" || content.trim() === "") throw wrong("content");
  if (trust !== "trusted" && trust !== "untrusted") throw wrong("trust");
  const [unknown] = Object.keys(others);
  if (unknown === undefined) return { role, content, trust };
  throw new PlanloomError("MESSAGES_INVALID", { index, fault: "unknown", field: beginning(unknown, 60) });
}
