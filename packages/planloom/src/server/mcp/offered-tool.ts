// A tool of the MCP server as data. In: its schemas, its right and its function. Out: the same with erased types, which
// mcp-server.ts registers. A tool gives a result, or a question to a person at the client.
import type { z } from "zod";
import type { Clock } from "../../clock.js";
import type { Caller, TokenRight } from "../../loom/handler-options.js";
import type { Loom } from "../../loom/loom.js";
import type { Json } from "../../plan/json.js";
import type { Surface } from "../../words/action.js";

export interface McpOptions {
  /** The version of Planloom. */
  readonly version: string;
  /** The callers may decide in place of a person. */
  readonly mayApprove: boolean;
  /** Whether a person may be asked through the client. */
  readonly asksClient: boolean;
  /** How what only a person does is named: the command line. */
  readonly person: Surface;
  /** The address of the Studio, for links. */
  readonly studio?: string;
  readonly clock: Clock;
  /** Aborted when the server stops: calls that wait return. */
  readonly stopping: AbortSignal;
}

/** The program that calls, and what marks its runs. */
export interface McpCaller extends Caller {
  readonly tag: string;
}

/** One call of a tool, as far as the protocol says. */
export interface McpCall {
  /** Aborted when the client gives the call up, or the server stops. */
  readonly signal: AbortSignal;
  /** The client can show a form to a person. */
  readonly canAsk: boolean;
  /** Times that a person was asked in this call. */
  readonly round: number;
  /** Tells the client how far the run is. Absent: it does not want to know. */
  readonly tell?: (done: number, total: number, words: string) => void;
}

export interface McpPorts {
  readonly loom: Loom;
  readonly options: McpOptions;
  readonly caller: McpCaller;
  readonly call: McpCall;
}

/** What is kept while a person is asked. `reply` names the question, so that an answer to an earlier one is not used. */
export interface AskedAbout {
  readonly runId: string;
  readonly reply: string;
  readonly waitMs: number;
  readonly round: number;
}

/** A form for a person. `schema`: an object of plain fields. */
export interface AskForm {
  readonly message: string;
  readonly schema: { readonly [field: string]: Json };
}

export type McpOutcome =
  | { readonly kind: "result"; readonly body: object; readonly text: string }
  | { readonly kind: "ask"; readonly about: AskedAbout; readonly form: AskForm };

interface ToolHints {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  readonly openWorldHint: boolean;
}

interface ToolFacts {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly hints: ToolHints;
  /** The least right of a token that may call it. */
  readonly right: TokenRight;
}

export interface OfferedTool extends ToolFacts {
  readonly input: z.ZodObject;
  readonly output: z.ZodObject;
  readonly handle: (ports: McpPorts, args: unknown) => Promise<McpOutcome>;
}

/** A tool whose function gets the type of its schema. */
export const offeredTool = <Input extends z.ZodObject>(
  facts: ToolFacts & {
    readonly input: Input;
    readonly output: z.ZodObject;
    readonly handle: (ports: McpPorts, args: z.output<Input>) => Promise<McpOutcome>;
  },
): OfferedTool => facts as unknown as OfferedTool;
