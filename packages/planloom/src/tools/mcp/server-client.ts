// The client of one connection to an MCP server. In: its transport. Out: a client of the SDK that checks nothing twice:
// Planloom checks outputs itself. Separate because it loads the SDK.
import {
  Client,
  type jsonSchemaValidator,
  type JsonSchemaValidatorResult,
  type PriorDiscovery,
} from "@modelcontextprotocol/client";
import type { SecretFilter } from "../secret-filter.js";
import type { GuardedTransport } from "./guarded-transport.js";
import { PendingCalls } from "./pending-calls.js";
import type { WireLimits } from "./wire-limits.js";

interface Told {
  readonly server: string;
  readonly limits: WireLimits;
  /** Hides the secrets of the server, which may change. */
  readonly filter: () => SecretFilter;
  /** The list of tools is another one now. */
  readonly changed: () => void;
}

export class ServerClient extends Client {
  readonly server: string;
  readonly limits: WireLimits;
  /** Calls that have not ended. */
  readonly pending = new PendingCalls();
  readonly #filter: () => SecretFilter;

  constructor(
    { server, limits, filter, changed }: Told,
    readonly guard: GuardedTransport,
  ) {
    super(
      { name: "planloom", version: "0.1.0" },
      {
        versionNegotiation: { mode: "auto", probe: { timeoutMs: "pid" in guard ? limits.probeMs : limits.startMs } },
        listChanged: { tools: { autoRefresh: false, debounceMs: 0, onChanged: () => changed() } },
        // No sampling and no roots: such requests are refused.
        capabilities: { elicitation: { form: {}, url: {} } },
        inputRequired: { autoFulfill: false },
        jsonSchemaValidator: NO_CHECK,
      },
    );
    this.server = server;
    this.limits = limits;
    this.#filter = filter;
    this.setRequestHandler("elicitation/create", ({ params }) => this.pending.ask(params));
  }

  /** Hides the secrets of the server in what it says. */
  get filter(): SecretFilter {
    return this.#filter();
  }

  /** `prior`: the revision is known, so the server is not asked for it. */
  async open(prior?: PriorDiscovery): Promise<void> {
    const { startMs } = this.limits;
    await this.connect(this.guard, { timeout: startMs, ...(prior === undefined ? {} : { prior }) });
  }
}

/** A schema of a server is not compiled to code. The schema of the tool is checked by Planloom. */
const NO_CHECK: jsonSchemaValidator = {
  getValidator<T>() {
    return (input: unknown): JsonSchemaValidatorResult<T> => ({
      valid: true,
      data: input as T,
      errorMessage: undefined,
    });
  },
};
