// Arguments on intake: the ways in which the documents write what a tool is called with. In: the fields of a step.
// Out: `with`, or `fill` where a tool step has no arguments at all. Separate because this part knows the tools' schemas.
import { isObject, type Json } from "./json.js";
import { rename, type Fields, type StepPlace } from "./read-fields.js";
import { soleTextArgument, type ToolSpec } from "./tool-spec.js";

export const ARGUMENT_FIELDS = ["tool_input", "toolInput", "params", "arguments", "args", "input"];

export function readArguments(fields: Fields, at: StepPlace): void {
  const field = ARGUMENT_FIELDS.find((name) => fields.has(name));
  if (field === undefined || fields.has("with")) return;
  const written = fields.get(field);
  const tool = at.tool(fields.get("tool"));
  const values = isEmpty(written) ? {} : argumentsOf(written, tool);
  if (values === undefined) return;
  rename(fields, field, "with", at);
  fields.set("with", values);
  const [name] = Object.keys(values);
  if (typeof written === "string" && name !== undefined)
    at.note("TEXT_ARGUMENT", `The text of ${field} is the argument ${name}.`, "with");
}

const isEmpty = (value: unknown): boolean =>
  (typeof value === "string" && value.trim() === "") || (Array.isArray(value) && value.length === 0);

/** Arguments as an object: as they are, as JSON in a text, or a text for the tool's only required text argument. */
function argumentsOf(written: unknown, tool: ToolSpec | undefined): { readonly [name: string]: Json } | undefined {
  if (isObject(written)) return written;
  const text: unknown = Array.isArray(written) && written.length === 1 ? written[0] : written;
  if (typeof text !== "string") return undefined;
  return objectIn(text) ?? { [(tool === undefined ? undefined : soleTextArgument(tool)) ?? "input"]: text };
}

function objectIn(text: string): { readonly [name: string]: Json } | undefined {
  if (!/^\s*\{\s*["}]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Only where no argument at all is given: one that is missing beside others is a mistake to be reported. */
export function fillFromDescription(fields: Fields, at: StepPlace): void {
  const required = at.tool(fields.get("tool"))?.input["required"];
  const given = fields.get("with");
  if (!Array.isArray(required) || required.length === 0 || fields.has("fill") || fields.has("agent")) return;
  if (given !== undefined && !(isObject(given) && Object.keys(given).length === 0)) return;
  const instruction = fields.get("description") ?? fields.get("title");
  if (typeof instruction !== "string") return;
  fields.set("fill", instruction);
  at.note(
    "FILL_FROM_DESCRIPTION",
    "A tool step without arguments has them written by a model from its description.",
    "fill",
  );
}
