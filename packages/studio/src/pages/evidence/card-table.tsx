// A table of the card. In: heads and rows. Out: a table that scrolls by itself when it is wide. A long one is cut, and
// says so.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../../parts/button.js";

const MOST = 100;

interface CardTableProps<Row> {
  readonly label: string;
  readonly heads: readonly (readonly [name: string, kind?: "num"])[];
  readonly rows: readonly Row[];
  readonly cells: (row: Row) => readonly ComponentChildren[];
}

export function CardTable<Row>({ label, heads, rows, cells }: CardTableProps<Row>) {
  const [whole, setWhole] = useState(false);
  const shown = whole ? rows : rows.slice(0, MOST);
  return (
    <>
      <div class="scroll-x" tabIndex={0} role="group" aria-label={label}>
        <table class="t">
          <thead>
            <tr>
              {heads.map(([name, kind]) => (
                <th key={name} scope="col" class={kind}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, at) => (
              <tr key={at}>
                {cells(row).map((cell, column) => (
                  <td key={column} class={heads[column]?.[1]} data-label={heads[column]?.[0]}>
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {shown.length < rows.length && (
        <Button small onPress={() => setWhole(true)}>
          Show all {rows.length.toLocaleString("en-US")} rows
        </Button>
      )}
    </>
  );
}
