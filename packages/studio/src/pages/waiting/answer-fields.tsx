// Fields for a value of a JSON Schema: one for each field of a record, else one. In: the schema. Out: the fields, and the
// value, once it fits. Nothing is preselected.
import type { Json } from "planloom";
import { controlOfSchema, schemaHint, schemaIn } from "../../parts/schema-control.js";
import { TypedField } from "../../parts/typed-field.js";
import { typedText, typedValue, type Control } from "../../parts/typed-value.js";
import { useDrafts } from "../../parts/use-draft.js";

interface AnswerField {
  /** "" for a value that is no record. */
  readonly name: string;
  readonly control: Control;
  readonly hint: string;
  readonly optional: boolean;
}

export interface AnswerForm {
  readonly fields: readonly AnswerField[];
  readonly texts: { readonly [name: string]: string };
  readonly errors: { readonly [name: string]: string };
  readonly set: (name: string, text: string) => void;
  /** undefined while something is missing or wrong; `why` says what. */
  readonly value: Json | undefined;
  readonly why?: string;
}

/** Absent schema: any text or JSON. `first`: a value that stands in the fields. */
export function useAnswer(draft: string, given: unknown, first?: Json): AnswerForm {
  const fields = fieldsOf(given);
  const isRecord = fields[0]?.name !== "";
  const drafts = useDrafts(`${draft}/answer`, firstTexts(fields, first, isRecord));
  const values: { [name: string]: Json } = {};
  const errors: { [name: string]: string } = {};
  const missing: string[] = [];
  for (const { name, control, optional } of fields) {
    const text = drafts.texts[name] ?? "";
    if (text === "" && (isRecord || control.kind !== "text")) {
      if (!optional) missing.push(name);
      continue;
    }
    const typed = typedValue(control, text);
    if (typed.ok) values[name] = typed.value;
    else errors[name] = typed.error;
  }
  const isReady = missing.length === 0 && Object.keys(errors).length === 0;
  const isTouched = !isRecord && (drafts.texts[""] ?? "") !== "";
  const value = !isReady ? undefined : isRecord ? values : isTouched ? values[""] : undefined;
  const why = missing.length > 0 && isRecord ? `Missing: ${missing.join(", ")}` : undefined;
  return { fields, texts: drafts.texts, errors, set: drafts.set, value, ...(why === undefined ? {} : { why }) };
}

function fieldsOf(given: unknown): readonly AnswerField[] {
  const schema = schemaIn(given);
  const { properties = {}, required = [] } = schema;
  const names = Object.keys(properties);
  if (schema.type !== "object" || names.length === 0)
    return [{ name: "", control: controlOfSchema(schema), hint: schemaHint(schema), optional: false }];
  return names.map((name) => {
    const part = schemaIn(properties[name]);
    const optional = !required.includes(name);
    return {
      name,
      control: controlOfSchema(part),
      hint: `${schemaHint(part)}${optional ? ", optional" : ""}`,
      optional,
    };
  });
}

function firstTexts(fields: readonly AnswerField[], first: Json | undefined, isRecord: boolean) {
  const texts: { [name: string]: string } = {};
  for (const { name, control } of fields) {
    const value = isRecord ? (schemaIn(first) as { readonly [name: string]: Json })[name] : first;
    if (value !== undefined) texts[name] = typedText(control, value);
  }
  return texts;
}

export function AnswerFields({ answer, label }: { readonly answer: AnswerForm; readonly label: string }) {
  return (
    <div class="form words">
      {answer.fields.map(({ name, control, hint }) => (
        <div key={name} class="line">
          <TypedField
            label={name === "" ? label : name}
            control={control}
            text={answer.texts[name] ?? ""}
            hint={hint}
            error={answer.errors[name]}
            onText={(text) => answer.set(name, text)}
          />
        </div>
      ))}
    </div>
  );
}
