// Datasets in our own format: { id?, goal, tools?, output, repairs?, gold? }, plans as text or data. In: records. Out:
// samples.
import { type Inventory, isObject, type JsonObject, type ToolSpec } from "planloom/plan";
import type { Format, Sample, Unusable } from "./sample.js";

export const planloomFormat: Format = {
  name: "planloom",
  fits: (record) =>
    isObject(record) && ["output", "gold"].some((field) => isPlan(record[field])) && !("input" in record),
  tools: (file) => {
    const list: unknown = isObject(file) ? file["tools"] : file;
    return Array.isArray(list) ? inventoryOf(list) : undefined;
  },
  sample: (record, beside, position) => (isObject(record) ? sampleOf(record, beside, position) : notObject()),
  translate: (plan) => ({ document: plan, findings: [] }),
};

export const notObject = (): Unusable => ({ code: "RECORD_FORMAT", message: "The record is no object." });

const isPlan = (value: unknown): boolean => typeof value === "string" || (typeof value === "object" && value !== null);

function sampleOf(record: JsonObject, beside: Inventory | undefined, position: string): Sample | Unusable {
  const { output, repairs, gold } = record;
  const inventory = Array.isArray(record["tools"]) ? inventoryOf(record["tools"]) : beside;
  if (inventory === undefined) return noTools();
  if (!isPlan(output) && !isPlan(gold))
    return { code: "RECORD_FORMAT", message: "The record has neither output nor gold." };
  return {
    id: nameIn(record, position),
    goal: typeof record["goal"] === "string" ? record["goal"] : "",
    inventory,
    ...(isPlan(output) && { output }),
    repairs: Array.isArray(repairs) ? repairs : [],
    ...(isPlan(gold) && { gold }),
  };
}

export const noTools = (): Unusable => ({
  code: "RECORD_NO_TOOLS",
  message: "Nothing says which tools the plan may use.",
});

/** The record's own id, if it has one. */
export function nameIn(record: JsonObject, position: string): string {
  const id = record["id"] ?? record["sample_id"];
  return typeof id === "string" || typeof id === "number" ? String(id) : position;
}

/** Definitions as `planloom tools --json` prints them. A tool without a schema accepts any arguments. */
function inventoryOf(list: readonly unknown[]): Inventory | undefined {
  const tools = list.filter(isObject).flatMap((tool): ToolSpec[] => {
    const { name, description, input, output, effects } = tool;
    if (typeof name !== "string") return [];
    return [
      {
        name,
        description: typeof description === "string" ? description : "",
        input: isObject(input) ? input : { type: "object" },
        ...(isObject(output) && { output }),
        effects: effects === "once" || effects === "idempotent" ? effects : "none",
      },
    ];
  });
  return tools.length === list.length && tools.length > 0 ? { tools } : undefined;
}
