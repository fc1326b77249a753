// Names the state that a call of a built-in tool needs and does not find. In: its kind and name. Out: a part of the
// sentence of STATE_MISSING.
import { byCase } from "./by-case.js";

type NeededState =
  | { readonly is: "file" | "folder" | "host" | "named-host" | "database" | "table" | "column"; readonly name: string }
  /** The folder that `search` looks through. */
  | { readonly is: "documents" };

export const neededStateText: (state: NeededState) => string = byCase("is", {
  file: ({ name }) => `the file "${name}"`,
  folder: ({ name }) => `the folder "${name}"`,
  host: ({ name }) => `the host ${name}`,
  "named-host": ({ name }) => `the host ${name} among those that are named`,
  database: ({ name }) => `the database "${name}"`,
  table: ({ name }) => `the table "${name}"`,
  column: ({ name }) => `the column "${name}"`,
  documents: () => "the folder of the documents",
});
