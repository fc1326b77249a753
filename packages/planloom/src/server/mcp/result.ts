// Results of tools as the protocol has them. In: an outcome, or what was thrown. Out: content with text and structured
// content. A mistake of the caller is a result with `isError`, never an error of the protocol.
import type { WordedRefusal } from "../../loom/worded-reply.js";
import { visible } from "../../plan/visible.js";
import type { Surface } from "../../words/action.js";
import { commandProblem, errorProblem } from "../problem.js";

export interface McpResult {
  readonly content: { readonly type: "text"; readonly text: string }[];
  readonly structuredContent: { readonly [field: string]: unknown };
  readonly isError?: true;
  readonly [field: string]: unknown;
}

/** A command that the run refused. */
class CommandRefused extends Error {
  constructor(
    readonly refused: WordedRefusal,
    readonly runId: string,
  ) {
    super(refused.message);
  }
}

export const refusedCommand = (refused: WordedRefusal, runId: string): Error => new CommandRefused(refused, runId);

export const mcpResult = (body: object, text: string): McpResult => ({
  content: [{ type: "text", text }],
  structuredContent: { ...body },
});

export function errorResult(thrown: unknown, surface: Surface): McpResult {
  const { code, detail, next, findings, faults, retryAfterMs } =
    thrown instanceof CommandRefused
      ? commandProblem(thrown.refused, thrown.runId, surface)
      : errorProblem(thrown, surface);
  const more = { findings, faults, retryAfterMs, action: next.action };
  const given = Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined));
  const error = { code, message: detail, next: next.text, ...given };
  return { ...mcpResult({ ok: false, error }, visible(`${code}: ${detail}\nNext: ${next.text}`)), isError: true };
}
