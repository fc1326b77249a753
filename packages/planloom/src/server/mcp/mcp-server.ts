// The MCP server over a loom: one server of the SDK for each client. In: a loom, options, and who calls. Out: a factory
// for the transports of the SDK. It serves both living revisions of the protocol with the same tools.
import { randomBytes } from "node:crypto";
import {
  createRequestStateCodec,
  fromJsonSchema,
  inputRequired,
  inputResponse,
  McpServer,
  type CallToolResult,
  type InputRequiredResult,
  type JsonSchemaValidatorResult,
  type RequestStateCodec,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import { LIMITS } from "../../limits.js";
import type { Loom } from "../../loom/loom.js";
import { depthOf, isObject, type JsonObject } from "../../plan/json.js";
import { PlanloomError } from "../../words/planloom-error.js";
import { assertRight } from "../access/rights.js";
import { checkedPart } from "../api/request.js";
import type { FormAnswer } from "./asking.js";
import type { AskedAbout, AskForm, McpCall, McpCaller, McpOptions, McpOutcome, OfferedTool } from "./offered-tool.js";
import { errorResult, mcpResult } from "./result.js";
import { afterAnswer } from "./steering.js";
import { mcpSurface } from "./surface-mcp.js";
import { DECISION_TOOLS } from "./tools/decisions.js";
import { READ_TOOLS } from "./tools/readers.js";
import { START_TOOLS } from "./tools/starts.js";

const MCP_TOOLS: readonly OfferedTool[] = [...START_TOOLS, ...READ_TOOLS, ...DECISION_TOOLS];

/** What all servers of one process share. */
export interface McpHome {
  readonly loom: Loom;
  readonly options: McpOptions;
  /** Seals what a client holds while a person is asked. */
  readonly codec: RequestStateCodec<AskedAbout>;
}

export const mcpHome = (loom: Loom, options: McpOptions): McpHome => ({
  loom,
  options,
  codec: createRequestStateCodec<AskedAbout>({
    key: randomBytes(32),
    ttlSeconds: LIMITS.approvalMs / 1_000,
    bind: ({ http }) => http?.authInfo?.clientId ?? "",
  }),
});

const INSTRUCTIONS =
  "Planloom plans a goal, runs the plan step by step, and records every fact. Use `plan` to see a plan before anything " +
  "happens, then `run` with its `runId`; or `run` with a goal. Plans and calls that act wait for a person. A run goes on " +
  "without you: ask with `status`.";

export function mcpServerFor(home: McpHome, caller: McpCaller): McpServer {
  const { options, codec } = home;
  const server = new McpServer(
    { name: "planloom", title: "Planloom", version: options.version },
    {
      capabilities: { tools: {} },
      instructions: INSTRUCTIONS,
      requestState: { verify: (state, context) => codec.verify(state, context) },
      inputRequired: { maxRounds: LIMITS.mcpRounds + 1, roundTimeoutMs: LIMITS.approvalMs },
    },
  );
  for (const tool of MCP_TOOLS) {
    const { name, title, description, hints } = tool;
    server.registerTool(
      name,
      { title, description, annotations: hints, inputSchema: shapeOf(tool.input), outputSchema: shapeOf(tool.output) },
      (given, context) => called(home, { tool, caller, server, given, context }),
    );
  }
  return server;
}

/** The schema for clients. The arguments are checked by the tool, so that a mistake gets a code and a next step. */
function shapeOf(schema: z.ZodObject) {
  const { $schema: _dialect, ...shape } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return fromJsonSchema(JSON.parse(JSON.stringify(shape)) as JsonObject, {
    getValidator<T>() {
      return (value: unknown): JsonSchemaValidatorResult<T> => ({
        valid: true,
        data: value as T,
        errorMessage: undefined,
      });
    },
  });
}

interface Called {
  readonly tool: OfferedTool;
  readonly caller: McpCaller;
  readonly server: McpServer;
  readonly given: unknown;
  readonly context: ServerContext;
}

/** Never rejects. */
async function called(home: McpHome, call: Called): Promise<CallToolResult | InputRequiredResult> {
  const { tool, caller, given, context } = call;
  const { loom, options, codec } = home;
  try {
    assertRight(caller, tool.right);
    const about = context.mcpReq.requestState<AskedAbout>();
    const ports = { loom, options, caller, call: callIn(call, options, about?.round ?? 0) };
    const outcome =
      about === undefined
        ? await tool.handle(ports, checkedArguments(tool, given))
        : await afterAnswer(ports, about, answerIn(context));
    return outcome.kind === "result" ? mcpResult(outcome.body, outcome.text) : await question(outcome, codec, context);
  } catch (thrown) {
    return errorResult(thrown, mcpSurface(options));
  }
}

/** Throws REQUEST_INVALID, JSON_INVALID. */
function checkedArguments({ input }: OfferedTool, given: unknown): unknown {
  if (depthOf(given, LIMITS.eventDepth) > LIMITS.eventDepth)
    throw new PlanloomError("JSON_INVALID", { reason: `it is nested deeper than ${LIMITS.eventDepth}` });
  return checkedPart(given ?? {}, input, "arguments");
}

const ASKED = "decision";

async function question(
  { about, form }: Extract<McpOutcome, { readonly kind: "ask" }>,
  codec: RequestStateCodec<AskedAbout>,
  context: ServerContext,
): Promise<InputRequiredResult> {
  return inputRequired({
    inputRequests: { [ASKED]: inputRequired.elicit({ message: form.message, requestedSchema: formSchema(form) }) },
    requestState: await codec.mint(about, context),
  });
}

type FormSchema = Parameters<typeof inputRequired.elicit>[0]["requestedSchema"];

const formSchema = ({ schema }: AskForm): FormSchema => schema as unknown as FormSchema;

function answerIn({ mcpReq }: ServerContext): FormAnswer {
  const answer = inputResponse(mcpReq.inputResponses, ASKED);
  if (answer.kind !== "elicit") return { action: "cancel" };
  const { action, content } = answer;
  return action === "accept" ? { action, content: isObject(content) ? content : {} } : { action };
}

function callIn({ server, context }: Called, { stopping }: McpOptions, round: number): McpCall {
  const { _meta, signal, envelope, notify } = context.mcpReq;
  const token = _meta?.progressToken;
  const declared = envelope as { readonly [key: string]: unknown } | undefined;
  const capabilities = declared?.[CAPABILITIES] ?? server.server.getClientCapabilities();
  const tell = (progress: number, total: number, message: string) => {
    const params = { progressToken: token, progress, total, message };
    // A client that is gone hears nothing.
    void notify({ method: "notifications/progress", params }).catch(() => undefined);
  };
  return {
    signal: AbortSignal.any([signal, stopping]),
    canAsk: showsForms(capabilities),
    round,
    ...(token === undefined ? {} : { tell }),
  };
}

const CAPABILITIES = "io.modelcontextprotocol/clientCapabilities";

/** Whether the client says that it shows forms. Without a mode, it does. */
function showsForms(capabilities: unknown): boolean {
  const elicitation = isObject(capabilities) ? capabilities["elicitation"] : undefined;
  return isObject(elicitation) && (Object.keys(elicitation).length === 0 || isObject(elicitation["form"]));
}
