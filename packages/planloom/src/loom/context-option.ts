// Validates the context that a program gives to a run. In: the context as given, the fields that are stored, and the
// known secrets. Out: the part that is recorded. No secret is ever recorded with it.
import { isObject, kindOf, type JsonObject } from "../plan/json.js";
import type { RecordedContext } from "../run/context.js";
import type { ContextHolder, RunContexts } from "../perform/run-contexts.js";
import type { Run } from "../run/state.js";
import { strictJson } from "../tools/output.js";
import { secretFoundIn, type Secrets } from "../tools/secret-filter.js";
import { PlanloomError } from "../words/planloom-error.js";

interface ContextRules {
  /** The fields that are stored. Absent: all. */
  readonly fields: readonly string[] | undefined;
  readonly secrets: Secrets;
}

/** The part of a context that is recorded. Throws CONTEXT_NOT_JSON, CONTEXT_HOLDS_SECRET. */
function recordedContext(context: unknown, { fields, secrets }: ContextRules): RecordedContext {
  if (typeof context !== "object" || context === null || Array.isArray(context)) {
    const type = Array.isArray(context) ? "list" : context === null ? "null" : typeof context;
    throw new PlanloomError("CONTEXT_NOT_JSON", { problem: { path: [], is: "type", type }, isObject: false });
  }
  const stored = storedPart(fields === undefined ? context : partOf(context, fields), secrets);
  const lookedUp = namesIn(context).filter((name) => !(fields ?? Object.keys(stored)).includes(name));
  return lookedUp.length === 0 ? { stored } : { stored, lookedUp };
}

/** Throws CONTEXT_NOT_JSON if a field cannot be read. */
function partOf(context: object, fields: readonly string[]): object {
  const given = context as { readonly [field: string]: unknown };
  try {
    const values = fields.map((field) => [field, given[field]] as const);
    return Object.fromEntries(values.filter(([, value]) => value !== undefined));
  } catch (thrown) {
    throw new PlanloomError(
      "CONTEXT_NOT_JSON",
      { problem: { path: [], is: "unreadable" }, isObject: true },
      { cause: thrown },
    );
  }
}

/** All that a tool can use of a context, also symbols and what a class has: none of it is in a stored copy. */
function namesIn(context: object): readonly string[] {
  const names = new Set<string>();
  for (let at: object | null = context; at !== null && at !== Object.prototype; at = prototypeOf(at)) {
    for (const name of Reflect.ownKeys(at)) if (at === context || name !== "constructor") names.add(String(name));
  }
  return [...names];
}

const prototypeOf = (of: object): object | null => Object.getPrototypeOf(of) as object | null;

/** A copy of the stored part. Throws CONTEXT_NOT_JSON, CONTEXT_HOLDS_SECRET. */
function storedPart(part: unknown, secrets: Secrets): JsonObject {
  const copy = strictJson(part);
  if (!copy.ok) throw new PlanloomError("CONTEXT_NOT_JSON", { problem: copy.problem, isObject: true });
  if (!isObject(copy.value)) {
    const problem = { path: [], is: "type", type: kindOf(copy.value) } as const;
    throw new PlanloomError("CONTEXT_NOT_JSON", { problem, isObject: false });
  }
  const secret = secretFoundIn(secrets, copy.value);
  if (secret !== undefined) throw new PlanloomError("CONTEXT_HOLDS_SECRET", { secret });
  return copy.value;
}

/** What the options of a start say of its context. */
export interface ContextOptions<C = unknown> {
  /**
   * Handed to every tool call as `context`, to approval functions and to functions that give a model. No model reads
   * it, and no plan hash covers it. Its stored fields are recorded (see `storedContext` and `resolveContext` of the
   * configuration), so it must never hold a secret there.
   */
  readonly context?: C;
  /** Only the stored part of the context. `resolveContext` makes the whole of it, as after a restart. */
  readonly stored?: JsonObject;
}

/** Takes the contexts of runs that start here. */
export class ContextStarts {
  constructor(
    private readonly contexts: RunContexts,
    private readonly rules: ContextRules,
  ) {}

  /**
   * What a run records of its context; undefined if it has none. Throws CONTEXT_NOT_JSON, CONTEXT_HOLDS_SECRET,
   * CONTEXT_UNCLEAR.
   */
  of({ context, stored }: ContextOptions): RecordedContext | undefined {
    if (stored === undefined) return context === undefined ? undefined : this.#given(context);
    if (context !== undefined) throw new PlanloomError("CONTEXT_UNCLEAR", { problem: "both" });
    if (!this.contexts.canLookUp) throw new PlanloomError("CONTEXT_UNCLEAR", { problem: "no-resolver" });
    return { stored: storedPart(stored, this.rules.secrets) };
  }

  #given(context: unknown): RecordedContext {
    const recorded = recordedContext(context, this.rules);
    this.contexts.give(recorded, context);
    return recorded;
  }

  /** The context of a run, or of one that is being started. See RunContexts. */
  contextOf(run: ContextHolder): Promise<unknown> {
    return this.contexts.of(run);
  }

  /** The context of a fork: that of its parent, unless another one is given. Throws CONTEXT_NEEDED, and as `of`. */
  ofFork(parent: Run, options: ContextOptions): RecordedContext | undefined {
    if (options.context !== undefined || options.stored !== undefined) return this.of(options);
    this.contexts.assertFor(parent);
    return parent.request.context;
  }
}
