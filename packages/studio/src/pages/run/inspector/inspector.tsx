// One step in full: what it got, gave, said and tried. In: a view, the chosen step, and the address. Out: a heading with
// its state, and five tabs. Private values are masked until somebody asks for them.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { RowView, RunView, StepView } from "../../../api/run-view.js";
import { useCell } from "../../../api/cell.js";
import { go } from "../../../app/router.js";
import { Button } from "../../../parts/button.js";
import { countText, moneyText } from "../../../parts/money.js";
import { ErrorNote } from "../../../parts/note.js";
import { State } from "../../../parts/state.js";
import { EffectTag } from "../../../parts/tag.js";
import { Tabs } from "../../../parts/tabs.js";
import { durationText } from "../../../parts/time-text.js";
import { privateShown } from "../../../parts/value.js";
import { stepNumbers } from "../list-rows.js";
import { runAddress, TABS, type Chosen, type RunPlace, type Tab } from "../run-place.js";
import { tookMsOf, type RunClock } from "../row-text.js";
import { useStep } from "../use-step.js";
import { AttemptsTab } from "./attempts-tab.js";
import { ConversationTab } from "./conversation-tab.js";
import { EventsTab } from "./events-tab.js";
import { InputTab } from "./input-tab.js";
import { ItemPicker, LONGEST_LIST } from "./item-picker.js";
import { SubPlan } from "./sub-plan.js";
import { OutputTab } from "./output-tab.js";
import { isPrivate } from "./private.js";

interface InspectorProps {
  readonly view: RunView;
  readonly place: RunPlace;
  readonly chosen: Chosen;
  readonly row: RowView;
  readonly clock: RunClock;
  readonly onClose: () => void;
}

export function Inspector({ view, place, chosen, row, clock, onClose }: InspectorProps) {
  const { step, fault } = useStep(view, chosen);
  // A person who begins to read here stays with this step while the run goes on.
  const stay = () => {
    if (place.step === undefined)
      go(runAddress(view.runId, place, { step: chosen.key, item: chosen.item }), { replace: true });
  };
  return (
    <aside class="inspect" aria-label="Step" onPointerDown={stay} onKeyDown={stay} onWheel={stay}>
      <header>
        <StepCrumb view={view} chosen={chosen} row={row} onClose={onClose} />
        <Heading
          row={row}

          isOpened={place.step !== undefined}
          of={`${chosen.key} ${chosen.item ?? ""}`}
        />
        {row.items !== undefined && (
          <ItemPicker view={view} place={place} row={row} items={row.items} item={chosen.item} />
        )}
        <Sub view={view} row={row} chosen={chosen} step={step} clock={clock} />
      </header>
      {fault !== undefined && step === undefined && <ErrorNote error={fault} />}
      <Below row={row} chosen={chosen} seq={view.seq} />
      <StepTabs view={view} place={place} chosen={chosen} step={step} />
    </aside>
  );
}

function StepCrumb({ view, chosen, row, onClose }: Pick<InspectorProps, "view" | "chosen" | "row" | "onClose">) {
  const number = stepNumbers(view).get(row.key);
  return (
    <p class="crumb">
      <Button kind="quiet" small onPress={onClose}>
        ‹ All steps
      </Button>
      {number !== undefined && (
        <span>
          Step {countText(number)} of {countText(stepNumbers(view).size)}
        </span>
      )}
      {row.kind === "step" && (
        <span class="mono">{chosen.item === undefined ? row.key : `${row.key}[${chosen.item}]`}</span>
      )}
      {row.revision !== view.revision && row.kind === "step" && <span>revision {row.revision}</span>}
    </p>
  );
}

interface HeadingProps {
  readonly row: RowView;
  readonly isOpened: boolean;
  /** Differs for each step and item. */
  readonly of: string;
}

/** Gets the focus when a person opens the step. */
function Heading({ row, isOpened, of }: HeadingProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const first = useRef(true);
  // Before the next frame, so that a key pressed at once finds the focus in its place.
  useLayoutEffect(() => {
    const isArrival = first.current;
    first.current = false;
    if (!isOpened || isArrival) return;
    const focused = document.activeElement;
    const isInside = focused !== null && focused.closest(".inspect") !== null && focused !== document.body;
    if (!isInside) heading.current?.focus();
  }, [of, isOpened]);
  return (
    <h2 ref={heading} tabIndex={-1}>
      {row.title}
    </h2>
  );
}

function Sub({
  view,
  row,
  chosen,
  step,
  clock,
}: Pick<InspectorProps, "view" | "chosen" | "row" | "clock"> & { readonly step: StepView | undefined }) {
  const isItem = chosen.item !== undefined;
  const item = isItem ? (step?.item ?? row.items?.shown.find(({ index }) => index === chosen.item)) : undefined;
  const attempts = step?.attempts ?? [];
  const took = isItem ? spanOf(item?.bars) : tookMsOf(row, view, clock);
  const tokens = isItem ? sumOf(attempts.map((one) => one.tokens)) : row.tokens;
  const tried = attempts.length > 1 ? `${attempts.length} attempts` : undefined;
  return (
    <p class="sub">
      {item !== undefined && (row.items?.total ?? 0) > LONGEST_LIST && <span class="label">{item.label}</span>}
      <State shape={item?.status ?? row.status} loud />
      {took !== undefined && <span>{[durationText(took), tried].filter(Boolean).join(", ")}</span>}
      {tokens !== null && tokens > 0 && <span>{countText(tokens)} tokens</span>}
      {!isItem && row.costUsd !== null && row.costUsd > 0 && <span>{moneyText(row.costUsd)}</span>}
      {row.effect !== undefined && <EffectTag effect={row.effect} />}
    </p>
  );
}

/** The run of a sub-plan; of a list, that of the chosen item. */
function Below({ row, chosen, seq }: Pick<InspectorProps, "row" | "chosen"> & { readonly seq: number }) {
  const item = row.items?.shown.find(({ index }) => index === chosen.item);
  const child = chosen.item === undefined ? row.child : item?.child;
  return child === undefined ? null : <SubPlan key={child.runId} child={child} seq={seq} />;
}

function spanOf(bars: RowView["bars"] = []): number | undefined {
  const [first, last] = [bars[0], bars.at(-1)];
  return first === undefined || last?.toMs === undefined ? undefined : last.toMs - first.fromMs;
}

const sumOf = (counts: readonly (number | null)[]): number | null =>
  counts.reduce((sum, one) => (sum === null || one === null ? null : sum + one), 0 as number | null);

const WORD: { readonly [tab in Tab]: string } = {
  input: "Input",
  output: "Output",
  conversation: "Conversation",
  attempts: "Attempts",
  events: "Events",
};

function StepTabs({
  view,
  place,
  chosen,
  step,
}: Pick<InspectorProps, "view" | "place" | "chosen"> & { readonly step: StepView | undefined }) {
  const counts: { readonly [tab in Tab]?: number } =
    step === undefined
      ? {}
      : { conversation: step.turns.length, attempts: step.attempts.length, events: step.events.length };
  const pick = (tab: Tab) => {
    const kept = place.step === undefined ? { step: chosen.key, item: chosen.item } : {};
    go(runAddress(view.runId, place, { ...kept, tab, attempt: undefined, event: undefined }), { replace: true });
  };
  const tabs = TABS.map((id) => ({ id, word: WORD[id], count: counts[id] }));
  return (
    <Tabs label="What to show" name="step" tabs={tabs} current={place.tab} onPick={pick}>
      {step === undefined ? (
        <p class="soft">Loading …</p>
      ) : (
        <Panel key={`${chosen.key} ${chosen.item ?? ""}`} view={view} place={place} step={step} />
      )}
    </Tabs>
  );
}

export interface TabProps {
  readonly view: RunView;
  readonly place: RunPlace;
  readonly step: StepView;
}

const PANELS: { readonly [tab in Tab]: (props: TabProps) => ComponentChildren } = {
  input: (props) => <InputTab {...props} />,
  output: (props) => <OutputTab {...props} />,
  conversation: (props) => <ConversationTab {...props} />,
  attempts: (props) => <AttemptsTab {...props} />,
  events: (props) => <EventsTab {...props} />,
};

/** Tabs whose private parts cannot be told from the rest are masked as a whole. */
const MASKED: ReadonlySet<Tab> = new Set(["conversation", "events"]);

function Panel(props: TabProps) {
  const { place, step } = props;
  const shown = useCell(privateShown);
  const hasPrivate = isPrivate(step);
  if (hasPrivate && !shown && MASKED.has(place.tab)) return <Veil />;
  return (
    <>
      {PANELS[place.tab](props)}
      {hasPrivate && shown && (
        <p class="below">
          <Button kind="quiet" small onPress={() => privateShown.set(false)}>
            Mask private values again
          </Button>
        </p>
      )}
    </>
  );
}

function Veil() {
  return (
    <div class="veil">
      <p>This step handles private values, so this is masked.</p>
      <Button small onPress={() => privateShown.set(true)}>
        Show private values
      </Button>
    </div>
  );
}
