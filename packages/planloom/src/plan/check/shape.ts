// Checks the shape of a draft: fields and their forms. In: a document as data. Out: the sound part of each step, so
// that the other checks can continue after a wrong field. Each step is compared with the schema of its own kind,
// because errors of a union of kinds are not helpful.
import type { z } from "zod";
import { completeStep } from "../complete.js";
import { Later, type Report } from "./report.js";
import { isObject, type Json, type JsonObject, pointerTo } from "../json.js";
import { ownSetting, settingInstead, stepFieldInstead } from "../foreign-settings.js";
import type { ShapeParams, ValueForm } from "../finding-params.js";
import { nearestNames } from "../nearest.js";
import { agentStepSchema, planSchema, type Answer, type AnswerOnFailure, type InputSpec, type Step } from "../plan.js";
import { schemaOf, STEP_KINDS, type StepKind } from "../step-kind.js";
import type { ToolSpec } from "../tool-spec.js";

type Tools = ReadonlyMap<string, ToolSpec>;

export interface StepNode {
  readonly index: number;
  readonly pointer: string;
  /** As written; undefined if it is missing or not a text. */
  readonly id: string | undefined;
  /** The sound part of the step; undefined if its kind is not known. */
  readonly step: Step | undefined;
  /** Fields that were left out as wrong. Nothing more is reported about them. */
  readonly dropped: ReadonlySet<string>;
}
export interface Outline {
  readonly goal: string | undefined;
  readonly inputs: { readonly [name: string]: InputSpec };
  readonly nodes: readonly StepNode[];
  /** As written. Its defaults depend on the steps. */
  readonly answer: DraftAnswer | undefined;
  /** Whether the draft has an answer, sound or not. */
  readonly hasAnswer: boolean;
}
export type DraftAnswer = {
  readonly type?: Answer["type"] | undefined;
  readonly onFailure?: AnswerOnFailure | undefined;
  readonly critique?: number | undefined;
} & (
  | { readonly from?: readonly string[] | undefined; readonly instructions?: string | undefined }
  | { readonly value: Json }
);

const NOTHING: ReadonlySet<string> = new Set();
const FIELDS = planSchema.shape;

export function readShape(document: JsonObject, mostSteps: number, report: Report, tools: Tools): Outline {
  for (const field of Object.keys(document)) {
    if (Object.hasOwn(FIELDS, field)) continue;
    const setting = settingInstead(field, document[field]) ?? ownSetting(field, document[field]);
    unknownField(field, pointerTo("", field), Object.keys(FIELDS), report, {
      ...(setting !== undefined && { setting }),
    });
  }
  soundField(document, "planloom", FIELDS.planloom, report);
  return {
    goal: soundField(document, "goal", FIELDS.goal, report),
    inputs: (soundField(document, "inputs", FIELDS.inputs, report) ?? {}) as Outline["inputs"],
    nodes: stepNodes(document, mostSteps, tools, report),
    answer: soundAnswer(document["answer"], report),
    hasAnswer: Object.hasOwn(document, "answer"),
  };
}

function soundField<T extends z.ZodType>(
  document: JsonObject,
  field: string,
  schema: T,
  report: Report,
): z.infer<T> | undefined {
  if (!Object.hasOwn(document, field)) return undefined;
  const parsed = schema.safeParse(document[field]);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) issueFinding(issue, document[field], `/${field}`, undefined, report);
  return undefined;
}

function soundAnswer(answer: Json | undefined, report: Report): DraftAnswer | undefined {
  if (answer === undefined) return undefined;
  if (!isObject(answer)) {
    report("BAD_VALUE", "/answer", { part: "answer" });
    return undefined;
  }
  const [from, value] = FIELDS.answer.unwrap().options;
  const schema = Object.hasOwn(answer, "value") ? value : from;
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) issueFinding(issue, answer, "/answer", schema.shape, report);
  return undefined;
}

function stepNodes(document: JsonObject, mostSteps: number, tools: Tools, report: Report): StepNode[] {
  const steps = document["steps"];
  if (steps === undefined) report("MISSING_FIELD", "", { part: "steps" });
  else if (!Array.isArray(steps)) report("BAD_VALUE", "/steps", { part: "steps" });
  else if (steps.length === 0) report("EMPTY_PLAN", "/steps", {});
  if (!Array.isArray(steps)) return [];
  const list = steps as readonly Json[];
  if (list.length > mostSteps) report("TOO_MANY_STEPS", "/steps", { steps: list.length, most: mostSteps });
  return list.map((step, index) => stepNode(step, index, tools, report));
}

function stepNode(draft: Json, index: number, tools: Tools, report: Report): StepNode {
  const pointer = `/steps/${index}`;
  const nothing = { index, pointer, id: undefined, step: undefined, dropped: NOTHING };
  if (!isObject(draft)) {
    report("BAD_VALUE", pointer, { part: "step" });
    return nothing;
  }
  const id = typeof draft["id"] === "string" ? draft["id"] : undefined;
  const kinds = STEP_KINDS.filter((kind) => Object.hasOwn(draft, kind));
  const kind = kinds[0];
  if (kind === undefined || kinds.length > 1) {
    report("WRONG_KIND", pointer, { kinds });
    commonFindings(draft, pointer, report);
    return { ...nothing, id };
  }
  return { index, pointer, id, ...soundStep(draft, kind, pointer, tools, report) };
}

/** If the kind is not known, only the fields that all kinds share can be checked. */
function commonFindings(draft: JsonObject, pointer: string, report: Report): void {
  const known = new Set(STEP_KINDS.flatMap((kind) => Object.keys(schemaOf(kind).shape)));
  for (const field of Object.keys(draft)) {
    if (!known.has(field)) unknownField(field, pointerTo(pointer, field), known, report, insteadOf(field, draft));
  }
  const parsed = agentStepSchema.shape.id.safeParse(draft["id"]);
  for (const issue of parsed.error?.issues ?? []) {
    issueFinding({ ...issue, path: ["id"] }, draft, pointer, agentStepSchema.shape, report);
  }
}

/** The step without its faulty fields. The other fields are still checked in the same round. */
function soundStep(
  draft: JsonObject,
  kind: StepKind,
  pointer: string,
  tools: Tools,
  report: Report,
): Pick<StepNode, "step" | "dropped"> {
  const schema = schemaOf(kind);
  const whole = schema.safeParse(draft);
  if (whole.success) return { step: completeStep(whole.data), dropped: NOTHING };
  const wrong = new Set<string>();
  const tool = typeof draft["tool"] === "string" ? tools.get(draft["tool"]) : undefined;
  for (const issue of whole.error.issues) {
    issueFinding(issue, draft, pointer, schema.shape, report, tool && { tool });
    for (const key of issue.code === "unrecognized_keys" ? issue.keys : [String(issue.path[0])]) wrong.add(key);
  }
  const rest = Object.fromEntries(Object.entries(draft).filter(([key]) => !wrong.has(key)));
  const parsed = schema.safeParse({ ...rest, id: "placeholder", [kind]: rest[kind] ?? "?" });
  if (!parsed.success) return { step: undefined, dropped: wrong };
  const step = completeStep(parsed.data);
  return { step: { ...step, id: typeof draft["id"] === "string" ? draft["id"] : "" }, dropped: wrong };
}

type Shape = { readonly [field: string]: z.ZodType } | undefined;
type Issue = z.core.$ZodIssue;

/**
 * Turns one schema error about `value`, which is at the pointer `base`, into a finding. `patch` marks the fields of a
 * patch, which has another form. `tool`: the tool of the step.
 */
export function issueFinding(
  issue: Issue,
  value: Json | undefined,
  base: string,
  shape: Shape,
  report: Report,
  { tool, ...of }: { readonly patch?: true; readonly tool?: ToolSpec } = {},
): void {
  const pointer = issue.path.reduce<string>((at, part) => pointerTo(at, String(part)), base);
  if (issue.code === "unrecognized_keys") {
    const known = issue.path.length === 0 && shape !== undefined ? Object.keys(shape) : [];
    const isStep = issue.path.length === 0 && shape !== undefined && "dependsOn" in shape && isObject(value);
    for (const key of issue.keys) {
      const instead = isStep ? { ...insteadOf(key, value), ...argumentOf(key, tool) } : {};
      unknownField(key, pointerTo(pointer, key), known, report, { ...of, ...instead });
    }
    return;
  }
  const found = valueAt(value, issue.path);
  const field = String(issue.path.at(-1) ?? base.slice(base.lastIndexOf("/") + 1));
  const wanted = describe(shape?.[String(issue.path[0])]);
  if (found === undefined && issue.code === "invalid_type") {
    const params = { field, ...of, ...(wanted === undefined ? {} : { wanted }) };
    report("MISSING_FIELD", pointer.slice(0, pointer.lastIndexOf("/")), params);
  } else if (isIdIssue(issue, base)) {
    const written = issue.code === "invalid_key" ? field : found;
    report("BAD_ID", pointer, { field, ...(typeof written === "string" ? { name: written } : {}) });
  } else {
    const form = formOf(issue, base);
    const says = {
      ...(wanted !== undefined && { wanted }),
      ...(form !== undefined && { form }),
      ...(wanted === undefined && form === undefined && { text: issue.message }),
    };
    const json = JSON.stringify(found) ?? "";
    // Several things may be wrong with one value. The first is enough.
    report("BAD_VALUE", pointer, new Later(json, () => ({ field, ...of, found: json, ...says })));
  }
}

const FORMS: { readonly [expected: string]: "text" | "number" | "boolean" | "list" | "object" } = {
  string: "text",
  number: "number",
  int: "number",
  boolean: "boolean",
  array: "list",
  record: "object",
  object: "object",
};

const isPlain = (value: unknown): value is string | number | boolean | null =>
  value === null || ["string", "number", "boolean"].includes(typeof value);

/** What the value has to be; undefined if the schema's description says it better. */
function formOf(issue: Issue, base: string): ValueForm | undefined {
  switch (issue.code) {
    case "invalid_value":
      return { kind: "one-of", values: issue.values.filter(isPlain) };
    case "invalid_type": {
      const kind = FORMS[issue.expected];
      if (kind === "object" && base === "/inputs" && issue.path.length === 1) return { kind: "input" };
      return kind === undefined ? undefined : { kind };
    }
    case "too_small":
      return issue.origin === "number" || issue.origin === "int"
        ? { kind: "least", limit: Number(issue.minimum) }
        : undefined;
    case "too_big":
      return issue.origin === "number" || issue.origin === "int"
        ? { kind: "most", limit: Number(issue.maximum) }
        : undefined;
    default:
      return undefined;
  }
}

/** The purpose of a field, and its form. */
function describe(schema: z.ZodType | undefined): string | undefined {
  const inner = schema !== undefined && "unwrap" in schema ? (schema.unwrap as () => z.ZodType)() : undefined;
  const texts = [schema?.description, inner?.description].filter((text) => text !== undefined);
  return texts.length === 0 ? undefined : [...new Set(texts)].join(" ");
}

function isIdIssue(issue: Issue, base: string): boolean {
  if (issue.code === "invalid_key") return base === "/inputs";
  const [first] = issue.path;
  return issue.code === "invalid_format" && ["id", "as", "dependsOn", "from"].includes(String(first));
}

function valueAt(value: Json | undefined, path: readonly PropertyKey[]): Json | undefined {
  let at = value;
  for (const part of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as { readonly [key: PropertyKey]: Json })[part];
  }
  return at;
}

/** What to write instead of a field that other programs give a step, or a setting that they give it. */
function insteadOf(field: string, step: JsonObject): Pick<ShapeParams["UNKNOWN_FIELD"], "instead" | "setting"> {
  const instead = stepFieldInstead(field, step[field]);
  if (instead !== undefined) return { instead };
  const setting = settingInstead(field, step[field]);
  return setting === undefined ? {} : { setting };
}

/** A field beside `with` that the tool has as an argument. */
function argumentOf(field: string, tool: ToolSpec | undefined): { readonly tool?: string } {
  const known = tool?.input["properties"];
  return tool !== undefined && isObject(known) && Object.hasOwn(known, field) ? { tool: tool.name } : {};
}

function unknownField(
  field: string,
  pointer: string,
  known: Iterable<string>,
  report: Report,
  of: Pick<ShapeParams["UNKNOWN_FIELD"], "patch" | "setting" | "instead" | "tool"> = {},
): void {
  const make = () => ({ field, ...of, near: nearestNames(field, known), fields: [...known] });
  report("UNKNOWN_FIELD", pointer, new Later(field, make));
}
