// What a step got: its instruction, its arguments with their origins, and what it may use. In: the step. Out: the tab.
import { grouped } from "../../../parts/grouped.js";
import type { OriginView, StepView } from "../../../api/run-view.js";
import { EffectTag, OriginTags, Tag } from "../../../parts/tag.js";
import { Inline, Masked } from "../../../parts/value.js";
import type { TabProps } from "./inspector.js";

type Argument = StepView["args"][number];

export function InputTab({ step }: TabProps) {
  const { instruction, args, may, outputType } = step;
  return (
    <>
      {instruction !== undefined && (
        <>
          <h3>Instruction</h3>
          <p class="told">{instruction}</p>
        </>
      )}
      <h3>Arguments</h3>
      {args.length === 0 ? <p class="soft">None.</p> : <Arguments args={args} />}
      <Sources args={args} />
      {may.length > 0 && (
        <>
          <h3>{step.row.does === "tool" ? "Calls" : "May use"}</h3>
          <ul class="may">
            {may.map(({ tool, effect }) => (
              <li key={tool}>
                <span class="mono">{tool}</span> {effect !== undefined && <EffectTag effect={effect} />}
              </li>
            ))}
          </ul>
        </>
      )}
      {outputType !== undefined && (
        <>
          <h3>Must return</h3>
          <pre class="data">{outputType}</pre>
        </>
      )}
    </>
  );
}

/** Longer values get the whole width below their name. */
const LONGEST_BESIDE = 60;

const isShort = ({ value }: Argument): boolean =>
  typeof value === "string"
    ? value.length <= LONGEST_BESIDE && !value.includes("\n")
    : typeof value !== "object" || value === null;

function Arguments({ args }: { readonly args: readonly Argument[] }) {
  return (
    <dl class="args">
      {args.map((arg) => (
        <div key={arg.name} class={isShort(arg) ? undefined : "long"}>
          <dt class="mono">{arg.name}</dt>
          <dd class="o">
            <OriginTags {...arg.origin} />
            {arg.control && (
              <Tag kind="reads" title="It chooses what the call does, or to whom.">
                control
              </Tag>
            )}
          </dd>
          <dd class="v">
            <Masked masked={arg.origin.private}>
              <span class={!arg.origin.trusted && isShort(arg) ? "from-outside" : undefined}>
                <Inline value={arg.value} />
              </span>
            </Masked>
            {arg.written !== undefined && <span class="written mono">{arg.written}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** One list for all arguments that come from the same places. */
function Sources({ args }: { readonly args: readonly Argument[] }) {
  const groups = grouped(
    args.filter(({ origin }) => origin.path.length > 0),
    ({ origin }) => origin.path.join("\n"),
  );
  if (groups.size === 0) return null;
  return (
    <>
      <h3>Where it comes from</h3>
      {[...groups].map(([key, members]) => (
        <OriginPath key={key} origin={members[0]!.origin} of={groups.size > 1 ? members.map(({ name }) => name) : []} />
      ))}
    </>
  );
}

/** The sources of a value, one a line. `of`: the names of the values, if there are several groups. */
export function OriginPath({ origin, of = [] }: { readonly origin: OriginView; readonly of?: readonly string[] }) {
  return (
    <>
      {of.length > 0 && <p class="small mono">{of.join(", ")}</p>}
      <ol class="path">
        {origin.path.map((sentence, at) => (
          <li key={at} class={origin.trusted ? undefined : "out"}>
            {sentence}
          </li>
        ))}
      </ol>
    </>
  );
}
