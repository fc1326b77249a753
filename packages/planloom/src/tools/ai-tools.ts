// Tools of the AI SDK (6 and 7) as tools of Planloom. In: tools by name, and what the program declares about them. Out:
// tools. The AI SDK is not imported: only the fields of its tools are read.
import { setImmediate } from "node:timers/promises";
import { beginning } from "../beginning.js";
import { LIMITS } from "../limits.js";
import { isObject, type JsonObject } from "../plan/json.js";
import { nearestNames } from "../plan/nearest.js";
import type { EffectClass } from "../plan/tool-spec.js";
import { bad } from "./definition.js";
import { isStandard, readSchema, type Schema, type StandardSchema } from "./schema.js";
import { tool, type Tool, type ToolContext } from "./tool.js";

/** The fields of a tool of the AI SDK that count here. `tool()` and `dynamicTool()` of the package `ai` make such tools. */
export interface AiTool {
  readonly type?: string | undefined;
  readonly description?: unknown;
  readonly inputSchema: unknown;
  readonly outputSchema?: unknown;
  readonly execute?: ((...args: never[]) => unknown) | undefined;
  readonly needsApproval?: unknown;
}

type ByName<Name extends string, Value> = { readonly [name in Name]?: Value };

/** Declarations about tools of the AI SDK, each by the name of the tool. */
export interface AiToolOptions<Name extends string = string> {
  /** What a call changes. Default: `once`, so a call is never repeated by itself. */
  readonly effects?: ByName<Name, EffectClass>;
  /** Whether the output is trusted. Default: false. */
  readonly trusted?: ByName<Name, boolean>;
  /** Whether the output is public. Default: false. */
  readonly public?: ByName<Name, boolean>;
  /** Whether the arguments leave this machine. Default: true. */
  readonly egress?: ByName<Name, boolean>;
  /** Each call waits for a person. Default: as the tool's own `needsApproval` says. */
  readonly approval?: ByName<Name, "required">;
  /** Arguments that the tool only passes on. Default: those with a usual name of content. */
  readonly content?: ByName<Name, readonly string[]>;
  /** Time limit of one call: ms, or text such as "30s". */
  readonly timeout?: ByName<Name, number | string>;
  /** What it does and when to use it, instead of the tool's own description. */
  readonly description?: ByName<Name, string>;
}

const OPTIONS: readonly string[] = Object.keys({
  ...{ effects: 1, trusted: 1, public: 1, egress: 1, approval: 1, content: 1, timeout: 1, description: 1 },
} satisfies { readonly [key in keyof AiToolOptions]-?: 1 });

/**
 * Tools of the AI SDK as tools of Planloom, for `tools` of a configuration. A tool with `needsApproval` always waits for
 * a person, also if `needsApproval` is a function: whether a call waits is decided before the tool is asked anything.
 * `execute` gets the arguments after the check, and `{ toolCallId, abortSignal, messages, context }`: `toolCallId` is
 * the key of the call, `messages` is empty, `context` is that of the run. If it gives an async iterable, its last value
 * is the output. Throws PlanloomError BAD_TOOL for a tool that the provider runs, one without `execute`, or one whose
 * schema is a promise.
 */
export function aiTools<T extends { readonly [name: string]: AiTool }>(
  tools: T,
  options: AiToolOptions<keyof T & string> = {},
): readonly Tool[] {
  const names = Object.keys(tools);
  checkOptions(options as { readonly [key: string]: unknown }, names);
  return names.map((name) => made(name, tools[name]!, options));
}

/** A misspelt name would lose a declaration. */
function checkOptions(options: { readonly [key: string]: unknown }, names: readonly string[]): void {
  for (const [key, given] of Object.entries(options)) {
    if (!OPTIONS.includes(key)) throw unknownIn("aiTools", key, OPTIONS);
    if (given !== undefined && !isObject(given)) throw bad("aiTools", { problem: "ai-sdk", fault: "option", key });
    const stray = Object.keys(given ?? {}).find((name) => !names.includes(name));
    if (stray !== undefined) throw unknownIn(key, stray, names);
  }
}

function unknownIn(place: string, name: string, known: readonly string[]) {
  const write = nearestNames(name, known)[0];
  const near = write === undefined ? {} : { write };
  return bad(beginning(name, LIMITS.nameChars), { problem: "ai-sdk", fault: "unknown", place, known, ...near });
}

function made(name: string, given: AiTool, options: AiToolOptions): Tool {
  const { execute, input, output } = usable(name, given);
  const description = options.description?.[name] ?? given.description;
  if (typeof description !== "string" || description.trim() === "")
    throw bad(name, { problem: "ai-sdk", fault: typeof description === "function" ? "describes" : "description" });
  // Whatever else it is, it is no plain no.
  const asks = ![undefined, null, false].includes(given.needsApproval as null);
  const approval = asks ? "required" : options.approval?.[name];
  const [content, timeout] = [options.content?.[name], options.timeout?.[name]];
  return tool({
    name,
    description,
    input,
    ...(output === undefined ? {} : { output }),
    effects: options.effects?.[name] ?? "once",
    trusted: options.trusted?.[name] ?? false,
    public: options.public?.[name] ?? false,
    egress: options.egress?.[name] ?? true,
    ...(approval === undefined ? {} : { approval }),
    ...(content === undefined ? {} : { content: content as readonly never[] }),
    ...(timeout === undefined ? {} : { timeout }),
    run: async (args: unknown, context) => lastOf(await execute(args, callOptions(context)), context),
  });
}

type Execute = (args: unknown, options: object) => unknown;

interface Usable {
  readonly execute: Execute;
  readonly input: Schema;
  readonly output: Schema | undefined;
}

function usable(name: string, given: AiTool): Usable {
  if (!isObject(given) || !("inputSchema" in given)) throw bad(name, { problem: "ai-sdk", fault: "form" });
  const { type, execute, inputSchema, outputSchema } = given as unknown as AiTool;
  if (type === "provider" || type === "provider-defined") throw bad(name, { problem: "ai-sdk", fault: "provider" });
  if (typeof execute !== "function") throw bad(name, { problem: "ai-sdk", fault: "execute" });
  return {
    execute: execute as unknown as Execute,
    input: schemaOf(name, "input", inputSchema),
    output: outputSchema === undefined ? undefined : schemaOf(name, "output", outputSchema),
  };
}

/** Version 6 names the context `experimental_context`. */
const callOptions = ({ key, signal, context }: ToolContext) => ({
  toolCallId: key,
  abortSignal: signal,
  messages: [],
  context,
  experimental_context: context,
});

/** Values before the last are shown as progress. */
async function lastOf(returned: unknown, { signal, progress }: ToolContext): Promise<unknown> {
  if (typeof returned !== "object" || returned === null || !(Symbol.asyncIterator in returned)) return returned;
  let last: unknown;
  let count = 0;
  let rested = performance.now();
  for await (const value of returned as AsyncIterable<unknown>) {
    if (count++ > 0) progress(shown(last));
    last = value;
    // Values that are all there at once would leave no time to anything else, not even to the time limit of the call.
    if (performance.now() - rested > LIMITS.turnMs) {
      await setImmediate();
      rested = performance.now();
    }
    signal.throwIfAborted();
  }
  return last;
}

function shown(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) as string | undefined);
  return beginning(text ?? "…", LIMITS.previewChars);
}

/** What `jsonSchema()` of the AI SDK makes. */
interface AiSchema {
  readonly jsonSchema: unknown;
  readonly validate?: (value: unknown) => Validation | Promise<Validation>;
}
type Validation =
  { readonly success: true; readonly value: unknown } | { readonly success: false; readonly error: Error };

function schemaOf(name: string, side: "input" | "output", given: unknown): Schema {
  if (isStandard(given)) return given;
  // A schema that is made when it is needed first.
  const schema: unknown = typeof given === "function" ? (given as () => unknown)() : given;
  if (isStandard(schema)) return schema;
  if (!isObject(schema) || !("jsonSchema" in schema)) throw bad(name, { problem: "ai-sdk", fault: "schema", side });
  const { jsonSchema, validate } = schema as unknown as AiSchema;
  if (!isObject(jsonSchema) || typeof jsonSchema["then"] === "function")
    throw bad(name, { problem: "ai-sdk", fault: "promise", side });
  return validate === undefined ? jsonSchema : checkedBy(validate, jsonSchema, side);
}

/** The JSON Schema with the check that the tool's author wrote beside it. */
function checkedBy(
  validate: NonNullable<AiSchema["validate"]>,
  json: JsonObject,
  side: "input" | "output",
): StandardSchema {
  readSchema(json, side);
  const written = (): Record<string, unknown> => json;
  return {
    "~standard": {
      ...{ version: 1, vendor: "ai", jsonSchema: { input: written, output: written } },
      async validate(value) {
        const result = await validate(value);
        return result.success ? { value: result.value } : { issues: [{ message: result.error.message }] };
      },
    },
  };
}
