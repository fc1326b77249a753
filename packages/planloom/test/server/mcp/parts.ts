// Parts that tests of the MCP server share. In: a configuration and the person at the client. Out: a client of the SDK,
// connected to the server in this process.
import { Client, type ElicitResult } from "@modelcontextprotocol/client";
import { InMemoryTransport } from "@modelcontextprotocol/server";
import { onTestFinished } from "vitest";
import { systemClock } from "../../../src/clock.js";
import type { LoomConfig } from "../../../src/loom/config.js";
import { createLoom } from "../../../src/loom/create-loom.js";
import type { Loom } from "../../../src/loom/loom.js";
import type { McpOptions } from "../../../src/server/mcp/offered-tool.js";
import { serveMcpOver } from "../../../src/server/mcp/stdio.js";
import { librarySurface } from "../../../src/words/surface-library.js";
import { echo, pay } from "../../streams/parts.js";

export type Revision = "2025-11-25" | "2026-07-28";
export const REVISIONS: readonly Revision[] = ["2025-11-25", "2026-07-28"];

/** What a person was asked. */
export interface Form {
  readonly message: string;
  readonly requestedSchema: { readonly properties: Readonly<Record<string, unknown>> };
}

/** Answers a form. Absent: the client cannot show one. */
export type Person = (form: Form) => ElicitResult;

export const approves: Person = () => ({ action: "accept", content: { decision: "approve" } });

/** Approves what acts, and answers a question with "pdf". */
export const answers: Person = (form) =>
  "decision" in form.requestedSchema.properties ? approves(form) : { action: "accept", content: { value: "pdf" } };

export interface Result {
  readonly ok: boolean;
  readonly runId: string;
  readonly status: string;
  readonly answer?: unknown;
  readonly plan?: { readonly hash: string; readonly text: string; readonly acts: readonly unknown[] };
  readonly waiting?: {
    readonly approvals: readonly { readonly hash: string; readonly of: string; readonly command: string }[];
    readonly questions: readonly { readonly step: string; readonly question: string; readonly command: string }[];
  };
  readonly error?: { readonly code: string; readonly message: string; readonly next: string };
  readonly next?: string;
  readonly [field: string]: unknown;
}

export type Sent = { readonly [name: string]: unknown };

export interface AtServer {
  readonly loom: Loom;
  readonly client: Client;
  /** What the person was asked, in order. */
  readonly asked: readonly Form[];
  readonly call: (tool: string, args?: Sent) => Promise<Result>;
  /** The same, as text. */
  readonly text: (tool: string, args?: Sent) => Promise<string>;
}

export function mcpOptions(options: Partial<McpOptions> = {}): McpOptions {
  return {
    version: "0.0.0",
    mayApprove: false,
    asksClient: true,
    person: librarySurface,
    clock: systemClock,
    stopping: new AbortController().signal,
    ...options,
  };
}

export function mcpClient(revision: Revision, person?: Person) {
  const asked: Form[] = [];
  const client = new Client(
    { name: "test", version: "1" },
    {
      ...(person === undefined ? {} : { capabilities: { elicitation: { form: {} } } }),
      ...(revision === "2026-07-28" ? { versionNegotiation: { mode: "auto" as const } } : {}),
    },
  );
  if (person !== undefined)
    client.setRequestHandler("elicitation/create", (request) => {
      const form = request.params as unknown as Form;
      asked.push(form);
      return person(form);
    });
  return { client, asked };
}

export interface Opened {
  readonly revision?: Revision;
  readonly person?: Person;
  readonly config?: LoomConfig;
  readonly options?: Partial<McpOptions>;
  /** Another server over the same runs. */
  readonly loom?: Loom;
}

export async function openMcp({ revision = "2026-07-28", person, config, options, loom: given }: Opened = {}) {
  const loom =
    given ?? (await createLoom({ store: "memory", tools: [echo, pay], approval: "effects", ...config }, { env: {} }));
  const { client, asked } = mcpClient(revision, person);
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  const served = serveMcpOver(loom, mcpOptions(options), theirs, () => undefined);
  await client.connect(ours);
  onTestFinished(async () => {
    await client.close();
    await served;
    if (given === undefined) await loom.close();
  });
  return { loom, asked, ...callsOf(client) } satisfies AtServer;
}

export function callsOf(client: Client): Pick<AtServer, "client" | "call" | "text"> {
  const asked = (tool: string, args: Sent = {}) => client.callTool({ name: tool, arguments: args });
  return {
    client,
    call: async (tool, args) => (await asked(tool, args)).structuredContent as Result,
    text: async (tool, args) =>
      (await asked(tool, args)).content.map((part) => ("text" in part ? part.text : "")).join(""),
  };
}
