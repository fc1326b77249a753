// Datasets in the format of NESTFUL (calls with a label, and `$var1.path$` for their outputs). In: records and the
// tools' specifications. Out: samples. Plans are lists of calls. The last one is the answer.
import { type Inventory, isObject, type Json, type JsonObject, type ToolSpec } from "planloom/plan";
import { fieldsOf, inAddress, schemaOf } from "./nestful-schema.js";
import { literal, plainId } from "./plain-text.js";
import { nameIn, notObject, noTools } from "./planloom-format.js";
import type { Format, Translated } from "./sample.js";

export const nestfulFormat: Format = {
  name: "nestful",
  fits: (record) => isObject(record) && typeof record["input"] === "string" && callsIn(record["output"]) !== undefined,
  tools: (file) => {
    const tools = Array.isArray(file) ? file.filter(isObject).flatMap(toolOf) : [];
    return tools.length === 0 ? undefined : { tools };
  },
  sample(record, beside, position) {
    if (!isObject(record)) return notObject();
    const calls = callsIn(record["output"]);
    const inventory = inventoryIn(record["tools"]) ?? beside;
    if (inventory === undefined) return noTools();
    if (calls === undefined) return { code: "RECORD_FORMAT", message: "The record's output is no list of calls." };
    const { generated_text: generated, repairs, input } = record;
    return {
      id: nameIn(record, position),
      goal: typeof input === "string" ? input : "",
      inventory,
      ...((typeof generated === "string" || Array.isArray(generated)) && { output: generated }),
      repairs: Array.isArray(repairs) ? repairs : [],
      gold: calls,
    };
  },
  translate: (plan) =>
    Array.isArray(plan) ? translate(plan as readonly Json[]) : { document: undefined, findings: [] },
};

/** Calls as data, or as JSON text in later versions of the dataset. */
function callsIn(output: unknown): readonly Json[] | undefined {
  const value = typeof output === "string" ? jsonIn(output) : output;
  const isCall = (item: Json): boolean => isObject(item) && typeof item["name"] === "string";
  return Array.isArray(value) && value.length > 0 && (value as readonly Json[]).every(isCall) ? value : undefined;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function inventoryIn(tools: unknown): Inventory | undefined {
  const value = typeof tools === "string" ? jsonIn(tools) : tools;
  return Array.isArray(value) ? nestfulFormat.tools(value) : undefined;
}

/** The last call, which gives the answer and calls nothing. */
const ANSWER = "var_result";

function translate(calls: readonly Json[]): Translated {
  const labels = new Map<string, string>();
  const own = calls.filter((call) => !isObject(call) || call["name"] !== ANSWER);
  own.forEach((call, at) => {
    const label = isObject(call) ? call["label"] : undefined;
    if (typeof label === "string") labels.set(label.replace(/^\$|\$$/g, ""), plainId(label, `call${at + 1}`));
  });
  const steps = own.map((call, at) => {
    if (!isObject(call)) return call;
    const { name, arguments: given, label } = call;
    const id = typeof label === "string" ? plainId(label, `call${at + 1}`) : `call${at + 1}`;
    return { id, tool: name ?? "", with: isObject(given) ? referring(given, labels) : (given ?? {}) };
  });
  const answer = calls.find((call) => isObject(call) && call["name"] === ANSWER);
  const value = isObject(answer) ? answer["arguments"] : undefined;
  return {
    document: { steps, ...(value !== undefined && { answer: { value: referring(value, labels) } }) },
    findings: [],
  };
}

/** `$label$`, with an optional path, whose names may contain spaces inside. */
const REFERENCE = /\$([A-Za-z_]\w*)((?:\.[^$.[\]\s](?:[^$.[\]]*[^$.[\]\s])?|\[\d+\])*)\$/g;

function referring(value: Json, labels: ReadonlyMap<string, string>): Json {
  if (typeof value === "string") {
    return literal(value).replace(REFERENCE, (_, label: string, path: string) => {
      return `\${{ ${labels.get(label) ?? plainId(label, "call")}${pathOf(path)} }}`;
    });
  }
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => referring(item, labels));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, referring(field, labels)]));
}

/** `.author[0].Exchange Rate` as `.author[0]["Exchange Rate"]`. */
function pathOf(path: string): string {
  return path.replace(/\.([^.[\]]+)/g, (_, name: string) =>
    /^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`,
  );
}

/**
 * Parameters as a map of names, in up to three places, or as a JSON Schema. The specifications do not name all
 * arguments and fields: real calls use others. So others are allowed, and are not checked.
 */
function toolOf(tool: JsonObject): ToolSpec[] {
  const { name, description, parameters } = tool;
  if (typeof name !== "string") return [];
  const schema = isObject(parameters) && isObject(parameters["properties"]) ? parameters : undefined;
  const fields: JsonObject = {
    ...fieldsOf(tool["path_parameters"]),
    ...fieldsOf(tool["query_parameters"]),
    ...fieldsOf(schema?.["properties"] ?? parameters),
  };
  const listed = Array.isArray(schema?.["required"]) ? (schema["required"] as readonly Json[]) : [];
  const required = Object.keys(fields).filter((field) => listed.includes(field) || isRequired(fields[field]));
  const output = fieldsOf(tool["output_parameters"] ?? tool["output_parameter"]);
  const properties = Object.fromEntries(Object.entries(fields).map(([field, of]) => [field, inAddress(schemaOf(of))]));
  return [
    {
      name,
      description: typeof description === "string" ? description : "",
      input: { type: "object", properties, required, additionalProperties: true },
      ...(Object.keys(output).length > 0 && { output: schemaOf({ type: "object", properties: output }) }),
      effects: "none",
    },
  ];
}

const isRequired = (field: Json | undefined): boolean => isObject(field) && field["required"] === true;
