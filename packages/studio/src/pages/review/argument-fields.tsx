// The arguments of a call that waits, as fields of their types. In: the review of the call. Out: the fields, and the
// arguments as a person changed them. A changed field says what it was, and has Undo.
import type { Json } from "planloom";
import type { CallReview, ReviewedArgument } from "../../api/people.js";
import { controlOfSchema, schemaHint, schemaIn } from "../../parts/schema-control.js";
import { OriginTags } from "../../parts/tag.js";
import { TypedField } from "../../parts/typed-field.js";
import { typedText, typedValue, type Control } from "../../parts/typed-value.js";
import { useDrafts } from "../../parts/use-draft.js";

interface ArgumentField {
  readonly argument: ReviewedArgument;
  readonly control: Control;
  readonly hint: string;
  readonly was: string;
  readonly text: string;
  readonly error?: string;
}

export interface ArgumentForm {
  readonly fields: readonly ArgumentField[];
  readonly args: { readonly [name: string]: Json };
  readonly edited: boolean;
  /** Why it cannot be sent. */
  readonly blocked: string | undefined;
  readonly set: (name: string, text: string) => void;
  readonly undo: (name: string) => void;
}

export function useArguments(call: CallReview): ArgumentForm {
  const properties = schemaIn(schemaIn(call.schema).properties) as { readonly [name: string]: unknown };
  const known = fieldsOf(call, properties);
  const first = Object.fromEntries(known.map(({ argument, was }) => [argument.name, was]));
  const drafts = useDrafts(`${call.hash}/args`, first);
  const args: { [name: string]: Json } = {};
  const fields = known.map((field): ArgumentField => {
    const text = drafts.texts[field.argument.name] ?? "";
    const isSame = text === field.was;
    const isAbsent = text === "" && field.argument.value === undefined;
    if (isSame && field.argument.value !== undefined) args[field.argument.name] = field.argument.value;
    if (isSame || isAbsent) return { ...field, text };
    const typed = typedValue(field.control, text);
    if (!typed.ok) return { ...field, text, error: typed.error };
    args[field.argument.name] = typed.value;
    return { ...field, text };
  });
  const wrong = fields.some(({ error }) => error !== undefined);
  return {
    fields,
    args,
    edited: fields.some(({ text, was }) => text !== was),
    blocked: wrong ? "Mend the arguments first." : undefined,
    set: drafts.set,
    undo: drafts.undo,
  };
}

/** The arguments of the call, then those that the tool would take, too. */
function fieldsOf(call: CallReview, properties: { readonly [name: string]: unknown }) {
  const given = new Set(call.arguments.map(({ name }) => name));
  const others = call.editable ? Object.keys(properties).filter((name) => !given.has(name)) : [];
  const all = [...call.arguments, ...others.map(absent)];
  return all.map((argument) => {
    const schema = schemaIn(properties[argument.name]);
    const control = controlOfSchema(schema);
    return {
      argument,
      control,
      hint: schemaHint(schema),
      was: argument.value === undefined ? "" : typedText(control, argument.value),
    };
  });
}

const absent = (name: string): ReviewedArgument => ({
  name,
  words: "",
  origin: "not given",
  control: true,
  untrusted: false,
  private: false,
  path: [],
});

export function ArgumentFields({ call, form }: { readonly call: CallReview; readonly form: ArgumentForm }) {
  if (form.fields.length === 0) return call.items === undefined ? <p class="soft">It has no arguments.</p> : null;
  if (!call.editable) return <PlainArguments fields={form.fields} />;
  return (
    <div class="form">
      {form.fields.map((field) => (
        <div key={field.argument.name} class={`line${field.text === field.was ? "" : " edited"}`}>
          <TypedField
            label={field.argument.name}
            control={field.control}
            text={field.text}
            hint={`${field.hint}, ${field.argument.origin}`}
            error={field.error}
            onText={(text) => form.set(field.argument.name, text)}
          />
          <p class="was">
            {field.argument.control && (
              <OriginTags trusted={!field.argument.untrusted} private={field.argument.private} />
            )}
            {field.text !== field.was && (
              <>
                <b>Edited.</b> Was <del>{field.was === "" ? "not given" : field.was}</del>{" "}
                <button type="button" class="link" onClick={() => form.undo(field.argument.name)}>
                  Undo<span class="vh"> the change of {field.argument.name}</span>
                </button>
              </>
            )}
          </p>
        </div>
      ))}
    </div>
  );
}

function PlainArguments({ fields }: Pick<ArgumentForm, "fields">) {
  return (
    <table class="kv">
      <caption class="vh">Arguments</caption>
      <tbody>
        {fields.map(({ argument: { name, words, origin, untrusted, private: isPrivate } }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              <span class={untrusted ? "from-outside" : ""}>{words}</span>{" "}
              <OriginTags trusted={!untrusted} private={isPrivate} />
            </td>
            <td class="o">{origin}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
