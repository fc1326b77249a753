// Data that a person reads before an answer. In: JSON. Out: a table for a list of records, rows for a record, else text.
// Everything is inert text; long data are cut, and say so.
import { useState } from "preact/hooks";
import type { Json } from "planloom";
import { Button } from "./button.js";
import { isRecord } from "./value-text.js";
import { Inline, Value } from "./value.js";

type Record = { readonly [name: string]: Json };

/** Rows before the table is cut. */
const MOST = 40;

export function DataTable({ data }: { readonly data: Json }) {
  if (isRecord(data)) return <Fields data={data} />;
  return isTable(data) ? <Rows rows={data} /> : <Value value={data} />;
}

const isTable = (value: Json): value is readonly Record[] & Json =>
  Array.isArray(value) && value.length > 0 && (value as readonly Json[]).every(isRecord);

function Fields({ data }: { readonly data: Record }) {
  const entries = Object.entries(data);
  const only = entries.length === 1 ? entries[0]![1] : undefined;
  // A record around one list says nothing more than the list.
  if (only !== undefined && isTable(only)) return <Rows rows={only} caption={entries[0]![0]} />;
  return (
    <table class="kv">
      <tbody>
        {entries.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{isTable(value) ? <Rows rows={value} /> : <Inline value={value} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Rows({ rows, caption }: { readonly rows: readonly Record[]; readonly caption?: string }) {
  const [whole, setWhole] = useState(false);
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const isNumber = (name: string) => rows.every((row) => row[name] === undefined || typeof row[name] === "number");
  return (
    <div class="scroll-x" tabIndex={0} role="region" aria-label={caption ?? "Data"}>
      <table class="figures">
        <thead>
          <tr>
            {names.map((name) => (
              <th key={name} scope="col" class={isNumber(name) ? "num" : ""}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {(whole ? rows : rows.slice(0, MOST)).map((row, at) => (
            <tr key={at}>
              {names.map((name) => (
                <td key={name} class={isNumber(name) ? "num" : ""}>
                  {textOf(row[name])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > MOST && !whole && (
        <Button small onPress={() => setWhole(true)}>
          Show all {rows.length} rows
        </Button>
      )}
    </div>
  );
}

const textOf = (value: Json | undefined): string =>
  value === undefined || value === null
    ? ""
    : typeof value === "string"
      ? value
      : typeof value === "number"
        ? value.toLocaleString("en-US")
        : JSON.stringify(value);
