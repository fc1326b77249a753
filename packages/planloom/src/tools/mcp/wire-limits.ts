// The limits of a connection to an MCP server. In: nothing. Out: numbers of limits.ts. Tests pass smaller ones.
import { LIMITS } from "../../limits.js";

/** Each is explained in limits.ts. */
export interface WireLimits {
  readonly startMs: number;
  readonly probeMs: number;
  readonly messageBytes: number;
  readonly messages: number;
  readonly messagesMs: number;
  readonly listPages: number;
  readonly listItems: number;
  readonly listBytes: number;
}

export const WIRE_LIMITS: WireLimits = {
  startMs: LIMITS.mcpStartMs,
  probeMs: LIMITS.mcpProbeMs,
  messageBytes: LIMITS.mcpMessageBytes,
  messages: LIMITS.mcpMessages,
  messagesMs: LIMITS.mcpMessagesMs,
  listPages: LIMITS.mcpListPages,
  listItems: LIMITS.mcpListItems,
  listBytes: LIMITS.mcpListBytes,
};
