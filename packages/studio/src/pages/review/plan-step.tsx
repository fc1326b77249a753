// One step of a plan that is reviewed. In: the step in sentences. Out: what it does, with which values, and what changed.
import type { ReviewedArgument, ReviewedStep } from "../../api/people.js";
import { Change, ChangeMark } from "../../parts/diff.js";
import { EffectTag, OriginTags } from "../../parts/tag.js";
import { CallPreview } from "./call-preview.js";
import { askPlaces } from "./asks-first.js";

type Revision = ReviewedStep["changes"][number];

interface PlanStepProps {
  readonly step: ReviewedStep;
  /** Shows what changed. */
  readonly compares: boolean;
}

export function PlanStep({ step, compares }: PlanStepProps) {
  const mark = compares ? step.mark : "same";
  const changes = new Map(compares ? step.changes.map((change) => [change.field, change]) : []);
  if (mark === "removed") return <GoneStep step={step} />;
  const title = changes.get("title");
  const places = askPlaces(step, new Set(changes.keys()));
  return (
    <li class={mark}>
      <span class="no">{step.number}</span>
      <div>
        <p class="say">{title === undefined ? step.says : <Change before={title.before} after={title.after} />}</p>
        {step.finished && <p class="small soft">It has finished already. It does not run again.</p>}
        <Description step={step} change={changes.get("description")} />
        <p class="under">
          <ChangeMark mark={mark} />
          <Tools step={step} asks={places.tools} />
          <StartText step={step} change={changes.get("dependsOn")} />
        </p>
        {step.how !== undefined && <p class="small soft how">{step.how}</p>}
        <Told step={step} changes={changes} />
        <Rows step={places.row ? step : withoutAsk(step)} changes={changes} />
        {step.preview !== undefined && <CallPreview preview={step.preview} />}
        {step.asks !== undefined && (
          <p class="small own-question">
            <b>Asks again.</b> Its call waits for a person, too: {step.asks.reason}.
          </p>
        )}
      </div>
    </li>
  );
}

const withoutAsk = (step: ReviewedStep): ReviewedStep => ({
  ...step,
  fields: step.fields.filter(({ field }) => field !== "approval"),
});

function Description({ step, change }: { readonly step: ReviewedStep; readonly change: Revision | undefined }) {
  if (change === undefined && step.description === undefined) return null;
  return (
    <p class="small soft describe">
      {change === undefined ? step.description : <Change before={change.before} after={change.after} />}
    </p>
  );
}

function GoneStep({ step }: { readonly step: ReviewedStep }) {
  return (
    <li class="removed">
      <span class="no" aria-hidden="true" />
      <div>
        <p class="say">{step.says}</p>
        <p class="under">
          <ChangeMark mark="removed" />
          <Tools step={step} asks />
          <span>was step {step.number}</span>
        </p>
      </div>
    </li>
  );
}

function Tools({ step: { tools, told }, asks: says }: { readonly step: ReviewedStep; readonly asks: boolean }) {
  if (tools.length === 0)
    return <span class="tag reads">{told?.to === "person" ? "asks a person" : "model only"}</span>;
  return (
    <>
      {tools.map(({ tool, effect, asks }) => (
        <span key={tool} class="tool">
          <EffectTag effect={effect} />
          <span class="mono">{tool}</span>
          {asks && says && <span>asks first</span>}
        </span>
      ))}
    </>
  );
}

function StartText({ step, change }: { readonly step: ReviewedStep; readonly change: Revision | undefined }) {
  if (change === undefined) return <span>{step.starts}</span>;
  return (
    <span>
      starts after <Change before={change.before} after={change.after} />
    </span>
  );
}

const INSTRUCTIONS = ["agent", "fill", "ask"];

function Told({ step, changes }: { readonly step: ReviewedStep; readonly changes: ReadonlyMap<string, Revision> }) {
  if (step.told === undefined) return null;
  const change = INSTRUCTIONS.map((field) => changes.get(field)).find((one) => one !== undefined);
  return (
    <p class="told">
      {step.told.to === "model" ? "The model is told: " : "The person is asked: "}
      {change === undefined ? <>“{step.told.text}”</> : <Change before={change.before} after={change.after} />}
    </p>
  );
}

/** Fields that have their own place. */
const ELSEWHERE: ReadonlySet<string> = new Set(["title", "description", "dependsOn", ...INSTRUCTIONS]);

/** Arguments, then other fields, then changes of fields that are gone. */
function Rows({ step, changes }: { readonly step: ReviewedStep; readonly changes: ReadonlyMap<string, Revision> }) {
  const isGuarded = step.tools.some(({ effect }) => effect !== "none");
  const shown = new Set([
    ...step.arguments.map(({ name }) => argumentField(name)),
    ...step.fields.map(({ field }) => field),
  ]);
  const gone = [...changes.values()].filter(({ field }) => !shown.has(field) && !ELSEWHERE.has(field));
  if (step.arguments.length + step.fields.length + gone.length === 0) return null;
  return (
    <table class="kv">
      <caption class="vh">Arguments and rules of step {step.number}</caption>
      <tbody>
        {step.arguments.map((argument) => (
          <ArgumentRow
            key={argument.name}
            argument={argument}
            isGuarded={isGuarded}
            change={changeUnder(changes, argumentField(argument.name))}
          />
        ))}
        {step.fields.map(({ field, label, text, code }) => {
          const change = changeUnder(changes, field);
          return (
            <tr key={field}>
              <th scope="row" class="words">
                {label}
              </th>
              <td colSpan={2} class={code ? "mono" : ""}>
                {change === undefined ? text : <Change before={change.before} after={change.after} />}
              </td>
            </tr>
          );
        })}
        {gone.map(({ field, label, before, after }) => (
          <tr key={`-${field}`}>
            <th scope="row" class={field.startsWith("with") ? "" : "words"}>
              {label}
            </th>
            <td colSpan={2}>
              <Change before={before} after={after} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const argumentField = (name: string): string =>
  /^[A-Za-z_]\w*$/u.test(name) ? `with.${name}` : `with[${JSON.stringify(name)}]`;

const changeUnder = (changes: ReadonlyMap<string, Revision>, field: string): Revision | undefined => changes.get(field);

interface ArgumentRowProps {
  readonly argument: ReviewedArgument;
  readonly isGuarded: boolean;
  readonly change: Revision | undefined;
}

function ArgumentRow({ argument, isGuarded, change }: ArgumentRowProps) {
  const { name, words, written, value, origin, control, untrusted, private: isPrivate } = argument;
  const isCode = typeof written === "string" && written.includes("${{") && value === undefined && words.includes("(");
  return (
    <tr>
      <th scope="row">{name}</th>
      <td class={isCode ? "mono" : ""}>
        {change === undefined ? words : <Change before={change.before} after={change.after} />}{" "}
        {isGuarded && control && <OriginTags trusted={!untrusted} private={isPrivate} />}
      </td>
      <td class="o">{origin}</td>
    </tr>
  );
}
