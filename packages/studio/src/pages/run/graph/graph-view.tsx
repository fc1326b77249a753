// The graph of a run: a route map. In: a view and the chosen step. Out: a stop for each step, on lines from what it
// needs. Each stop is a link to its step. The list beside it is the accessible form; this is one stop of the Tab key,
// and arrow keys go along the lines.
import { useMemo, useRef, useState } from "preact/hooks";
import type { RowView, RunView } from "../../../api/run-view.js";
import { usePlace } from "../../../app/router.js";
import { Mark, STATE_WORD } from "../../../parts/state.js";
import { durationText } from "../../../parts/time-text.js";
import { readRunPlace, runAddress } from "../run-place.js";
import type { DrawnViewProps } from "../view-slot.js";
import { graphLayout, STOP, type GraphLayout } from "./graph-layout.js";
import { graphPart, nextStop, type GraphPart, type WaveCount } from "./graph-part.js";
import { ItemsCapsule } from "./items-capsule.js";
import "./graph.css";

export function GraphView({ view, selected }: DrawnViewProps) {
  const part = graphPart(view, selected?.key);
  // The places change only with the steps and their needs, so nothing jumps while a run goes on.
  const shape = JSON.stringify(part.nodes.map(({ key, wave, needs }) => [key, wave, needs]));
  const layout = useMemo(() => (part.nodes.length === 0 ? undefined : graphLayout(part.nodes)), [shape]);
  if (layout === undefined) return <p class="soft pad">There is no plan yet.</p>;
  return (
    <section class="graph" aria-label="Graph">
      {part.waves.length > 0 && <Waves view={view} part={part} />}
      <Map view={view} part={part} layout={layout} chosen={selected?.key} />
    </section>
  );
}

interface MapProps {
  readonly view: RunView;
  readonly part: GraphPart;
  readonly layout: GraphLayout;
  readonly chosen: string | undefined;
}

function Map({ view, part, layout, chosen }: MapProps) {
  const map = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<string>();
  const { nodes } = part;
  const stop = [active, chosen].find((key) => nodes.some((node) => node.key === key)) ?? nodes[0]?.key;
  const place = readRunPlace(usePlace().query);
  const keyed = (event: KeyboardEvent) => {
    const to = stop === undefined || event.altKey || event.ctrlKey ? undefined : nextStop(nodes, stop, event.key);
    if (to === undefined) return;
    event.preventDefault();
    setActive(to);
    [...(map.current?.querySelectorAll<HTMLElement>("[data-stop]") ?? [])]
      .find((one) => one.dataset["stop"] === to)
      ?.focus();
  };
  return (
    <div class="metro-pane">
      <div
        ref={map}
        class="metro"
        style={{ width: `${layout.width}px`, height: `${layout.height + 28}px` }}
        onKeyDown={keyed}
      >
        <Heads layout={layout} part={part} />
        <Lines layout={layout} nodes={nodes} />
        {nodes.map(({ key, row }) => (
          <Stop
            key={key}
            row={row}
            at={layout.stops.get(key)!}
            href={runAddress(view.runId, place, { step: key })}
            isChosen={key === chosen}
            isStop={key === stop}
          />
        ))}
      </div>
    </div>
  );
}

function Heads({ layout, part }: { readonly layout: GraphLayout; readonly part: GraphPart }) {
  const answer = part.nodes.find(({ key }) => key === "#answer")?.wave;
  return (
    <div class="wave-heads" aria-hidden="true">
      {layout.columns.map(({ wave, x }) => (
        <span key={wave} style={{ left: `${x}px` }}>
          {wave === answer ? "Answer" : `Wave ${wave}`}
        </span>
      ))}
    </div>
  );
}

const NOT_BEGUN: ReadonlySet<RowView["status"]> = new Set(["planned", "queued", "skipped", "cancelled"]);

function Lines({ layout, nodes }: { readonly layout: GraphLayout; readonly nodes: GraphPart["nodes"] }) {
  const rows = new globalThis.Map(nodes.map(({ key, row }) => [key, row]));
  const styled = layout.lines.map(({ from, to, path }) => {
    const [one, other] = [rows.get(from)!, rows.get(to)!];
    const isMain = one.critical && other.critical;
    return { path, style: NOT_BEGUN.has(other.status) ? "ahead" : isMain ? "main" : "" };
  });
  // The critical path lies on top.
  styled.sort((a, b) => Number(a.style === "main") - Number(b.style === "main"));
  return (
    <svg class="metro-lines" width={layout.width} height={layout.height} aria-hidden="true">
      {styled.map(({ path, style }) => (
        <path key={`${style}${path}`} class={style} d={path} />
      ))}
    </svg>
  );
}

interface StopProps {
  readonly row: RowView;
  readonly at: { readonly x: number; readonly y: number };
  readonly href: string;
  readonly isChosen: boolean;
  readonly isStop: boolean;
}

function Stop({ row, at, href, isChosen, isStop }: StopProps) {
  const { status, items, tookMs, title } = row;
  const place = { left: `${at.x - 7}px`, top: `${at.y + 28}px`, width: `${STOP.width}px` };
  const word = items === undefined ? STATE_WORD[status] : itemsWord(items);
  return (
    <a
      class={`stop${isChosen ? " on" : ""}`}
      style={place}
      href={href}
      data-stop={row.key}
      tabIndex={isStop ? 0 : -1}
      aria-current={isChosen ? "true" : undefined}
      title={title}
    >
      {items === undefined ? <Mark shape={status} /> : <ItemsCapsule items={items} />}
      <b>{title}</b>
      <span class="m">
        <span class={`word is-${status}`}>{word}</span>
        {tookMs !== undefined && !NOT_BEGUN.has(status) && ` · ${durationText(tookMs)}`}
      </span>
    </a>
  );
}

const itemsWord = ({ total, counts, rounds }: NonNullable<RowView["items"]>): string =>
  rounds !== undefined
    ? `round ${total} of ${rounds.most}`
    : `${(counts.done ?? 0).toLocaleString("en-US")} of ${total.toLocaleString("en-US")} done`;

/** The waves of a large run: the choice of a wave goes to the step that a person would look at first. */
function Waves({ view, part }: { readonly view: RunView; readonly part: GraphPart }) {
  const place = readRunPlace(usePlace().query);
  return (
    <>
      <p class="soft small">
        {part.hidden.toLocaleString("en-US")} of {(part.hidden + part.nodes.length).toLocaleString("en-US")} steps are
        not drawn: below is the chosen step with what is near it.
      </p>
      <ol class="wave-list" aria-label="Waves">
        {part.waves.map((wave) => (
          <li key={wave.wave}>
            <a href={runAddress(view.runId, place, { step: wave.first })}>
              <b>Wave {wave.wave}</b> <span class="num">{waveText(wave)}</span>
            </a>
          </li>
        ))}
      </ol>
    </>
  );
}

const waveText = ({ total, counts }: WaveCount): string => {
  const told = counts.map(([status, count]) => `${count.toLocaleString("en-US")} ${STATE_WORD[status]}`);
  return counts.length === 1 ? told.join("") : `${total.toLocaleString("en-US")}: ${told.join(", ")}`;
};
