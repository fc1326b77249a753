// Words for faults of a JSON Schema that a person wrote: misspelt words, parts that no value can fit, parts that are not
// checked.
import type { SchemaFault } from "../../plan/type/schema-fault.js";
import { byCase } from "../by-case.js";

const FORMS: { readonly [form in Extract<SchemaFault, { readonly is: "value" }>["wanted"]]: string } = {
  any: "a value",
  text: "a text",
  pattern: "a regular expression as a text",
  number: "a number (above 0 for multipleOf)",
  count: "a whole number of 0 or more",
  boolean: "true or false",
  schema: "a schema: an object, true or false",
  schemas: "a list of schemas that is not empty",
  named: "an object of schemas by names",
  texts: "a list of texts beside `properties`",
  list: "a list that is not empty",
  lists: "an object of lists of names",
};

/** What is wrong, and where, without a point at the end. */
export const schemaFaultText: (fault: SchemaFault) => string = byCase("is", {
  type: ({ at, given }) => `${at} is "${given}", which is no type of JSON Schema`,
  keyword: ({ at, keyword }) => `${at}: "${keyword}" is no keyword of JSON Schema`,
  unchecked: ({ at, keyword }) => `${at}: "${keyword}" is a condition that Planloom does not check in this form`,
  value: ({ at }) => `${at || "the schema"} has a value that is not allowed`,
  pattern: ({ at, given }) => `${at}: "${given}" is no regular expression`,
  reference: ({ at, given }) => `${at}: "${given}" leads to nothing in this schema`,
  never: ({ at, first, second }) => `${at || "the schema"} has ${first} and ${second}, which no value can fit`,
  required: ({ at, name }) => `${at || "the schema"} requires "${name}", which is not among its properties`,
  size: ({ bytes, most }) => `it has ${bytes} bytes, and may have ${most}`,
  depth: ({ most }) => `it nests deeper than ${most}`,
  nodes: ({ most }) => `it has more than ${most} parts`,
});

export const schemaFaultAdvice: (fault: SchemaFault) => string = byCase("is", {
  type: ({ write, types }) => (write === undefined ? `Write one of ${types.join(", ")}.` : `Write "${write}".`),
  keyword: ({ write }) => `Write ${write}. Words for other programs begin with x-.`,
  unchecked: ({ write }) => (write === undefined ? "Leave it out." : `Write it with ${write}, or leave it out.`),
  value: ({ wanted }) => `Write ${FORMS[wanted]}.`,
  pattern: () => "Correct the pattern. It is a regular expression of JavaScript, without slashes around it.",
  reference: () => "Refer to a part of the same schema, as in #/$defs/name.",
  never: () => "Change one of the two.",
  required: ({ write, properties }) =>
    write === undefined
      ? `Add the property, or require one of ${properties.join(", ")}.`
      : `Write "${write}", or add the property.`,
  size: () => "Use a smaller schema: describe the values, and do not list data.",
  depth: () => "Use a flatter schema.",
  nodes: () => "Use a smaller schema.",
});
