// Words for faults of a JSON Schema in the definition of a tool: misspelt words, and parts that no value can fit.
import { byCase } from "../by-case.js";

type Form = keyof typeof FORMS;

/** What is wrong at one place of a schema. `write`: the word that is meant, if that is known. */
export type SchemaFaultKind =
  | { readonly is: "type"; readonly given: string; readonly types: readonly string[]; readonly write?: string }
  | { readonly is: "keyword"; readonly keyword: string; readonly write: string }
  | { readonly is: "value"; readonly keyword?: string; readonly wanted: Form }
  | { readonly is: "pattern"; readonly given: string }
  | { readonly is: "reference"; readonly given: string }
  | { readonly is: "never"; readonly first: string; readonly second: string }
  | { readonly is: "required"; readonly name: string; readonly properties: readonly string[]; readonly write?: string };

/** `at`: a JSON pointer. */
export type ToolSchemaFault = { readonly at: string } & SchemaFaultKind;

const FORMS = {
  text: "a text",
  number: "a number (above 0 for multipleOf)",
  count: "a whole number of 0 or more",
  boolean: "true or false",
  schema: "a schema: an object, true or false",
  schemas: "a list of schemas that is not empty",
  named: "an object of schemas by names",
  texts: "a list of texts beside `properties`",
  list: "a list that is not empty",
  record: "an object",
} as const;

export const schemaFaultText: (fault: ToolSchemaFault) => string = byCase("is", {
  type: ({ at, given }) => `${at} is "${given}", which is no type of JSON Schema`,
  keyword: ({ at, keyword }) => `${at}: "${keyword}" is no keyword of JSON Schema`,
  value: ({ at }) => `${at || "the schema"} has a value that is not allowed`,
  pattern: ({ at, given }) => `${at}: "${given}" is no regular expression`,
  reference: ({ at, given }) => `${at}: "${given}" leads to nothing in this schema`,
  never: ({ at, first, second }) => `${at || "the schema"} has ${first} and ${second}, which no value can fit`,
  required: ({ at, name }) => `${at || "the schema"} requires "${name}", which is not among its properties`,
});

export const schemaFaultAdvice: (fault: ToolSchemaFault) => string = byCase("is", {
  type: ({ write, types }) => (write === undefined ? `Write one of ${types.join(", ")}.` : `Write "${write}".`),
  keyword: ({ write }) => `Write ${write}. Words for other programs begin with x-.`,
  value: ({ wanted }) => `Write ${FORMS[wanted]}.`,
  pattern: () => "Correct the pattern. It is a regular expression of JavaScript, without slashes around it.",
  reference: () => "Refer to a part of the same schema, as in #/$defs/name.",
  never: () => "Change one of the two.",
  required: ({ write, properties }) =>
    write === undefined
      ? `Add the property, or require one of ${properties.join(", ")}.`
      : `Write "${write}", or add the property.`,
});
