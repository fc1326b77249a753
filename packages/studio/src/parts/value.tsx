// A value of a run: JSON or text from tools, models and people. In: the value. Out: inert text, never HTML. Long values
// are cut and say how long they are.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Json } from "planloom";
import { cell, useCell } from "../api/cell.js";
import { Button } from "./button.js";
import { branchText, cutText, isRecord, jsonText, MOST_LINES, sizeText, textOf } from "./value-text.js";

export function Value({ value }: { readonly value: Json }) {
  if (typeof value === "string") return <TextValue text={value} />;
  if (typeof value !== "object" || value === null) return <pre class="data">{textOf(value)}</pre>;
  const lines = jsonText(value).split("\n").length;
  return (
    <div class="data tree">
      <Branch value={value} open={lines <= MOST_LINES} />
    </div>
  );
}

function TextValue({ text }: { readonly text: string }) {
  const [whole, setWhole] = useState(false);
  const cut = cutText(text);
  return (
    <>
      <pre class="data">{whole ? text : cut.text}</pre>
      {cut.full !== undefined && (
        <p class="xs cut-note">
          <Button kind="quiet" small onPress={() => setWhole(!whole)}>
            {whole ? "Show less" : `Show all ${cut.full}`}
          </Button>
        </p>
      )}
    </>
  );
}

/** The entries of a list or record. `open`: branches below are open. */
function Branch({ value, open }: { readonly value: Json; readonly open: boolean }) {
  const [most, setMost] = useState(MOST_LINES);
  const entries = Array.isArray(value)
    ? value.map((one, at) => [String(at), one] as const)
    : Object.entries(value ?? {});
  if (entries.length === 0) return <span>{Array.isArray(value) ? "[]" : "{}"}</span>;
  return (
    <ul>
      {entries.slice(0, most).map(([name, one]) => (
        <li key={name}>
          <Entry name={name} value={one as Json} open={open} />
        </li>
      ))}
      {entries.length > most && (
        <li>
          <Button kind="quiet" small onPress={() => setMost(most + 400)}>
            {`Show more of ${branchText(value)}, ${sizeText(jsonText(value))}`}
          </Button>
        </li>
      )}
    </ul>
  );
}

function Entry({ name, value, open }: { readonly name: string; readonly value: Json; readonly open: boolean }) {
  if (!Array.isArray(value) && !isRecord(value))
    return (
      <>
        <span class="k">{name}</span> <Scalar value={value} />
      </>
    );
  return (
    <details open={open}>
      <summary>
        <span class="k">{name}</span> <span class="k">{branchText(value)}</span>
      </summary>
      <Branch value={value} open={open} />
    </details>
  );
}

function Scalar({ value }: { readonly value: Json }) {
  const [whole, setWhole] = useState(false);
  if (typeof value !== "string") return <span>{textOf(value)}</span>;
  const cut = cutText(value);
  return (
    <>
      <span class="s">{whole ? value : cut.text}</span>
      {cut.full !== undefined && (
        <Button kind="quiet" small onPress={() => setWhole(!whole)}>
          {whole ? "Show less" : `Show all ${cut.full}`}
        </Button>
      )}
    </>
  );
}

/** A record as rows of name and value, for what a person reads first. Other values as they are. */
export function Fields({ value }: { readonly value: Json }) {
  if (!isRecord(value) || Object.keys(value).length === 0 || Object.keys(value).length > MOST_LINES)
    return <Value value={value} />;
  return (
    <table class="kv">
      <tbody>
        {Object.entries(value).map(([name, one]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              <Inline value={one} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A value inside a table: a short one as text, others in full below their name. */
export function Inline({ value }: { readonly value: Json }) {
  if (typeof value === "string" && value.length <= 300 && !value.includes("\n"))
    return <span>{value || "(empty)"}</span>;
  if (typeof value === "string" || (typeof value === "object" && value !== null)) return <Value value={value} />;
  return <span class="mono">{textOf(value)}</span>;
}

/** Whether private values are shown. A page that masks them resets it when it opens. */
export const privateShown = cell(false);

/** A private value: masked until somebody asks for it. One answer counts for all on the page. */
export function Masked({ masked, children }: { readonly masked: boolean; readonly children: ComponentChildren }) {
  const shown = useCell(privateShown);
  if (!masked || shown) return <>{children}</>;
  return (
    <span class="masked">
      <span aria-hidden="true">••••••</span>
      <Button small kind="quiet" onPress={() => privateShown.set(true)}>
        Show private values
      </Button>
    </span>
  );
}
