// A plan for a person who approves it. In: its review. Out: the goal, the steps as sentences, and beside them the decision,
// the estimate and the findings.
import { useState } from "preact/hooks";
import { pageOfRun, type PlanReview } from "../../api/people.js";
import { counted } from "../../parts/counted.js";
import { State } from "../../parts/state.js";
import { Time } from "../../parts/time.js";
import { useMay } from "../../parts/allowed.js";
import { WithinLink } from "../../parts/within-link.js";
import { Decided } from "./decided.js";
import { DecidePlan } from "./decide-plan.js";
import { EditPlan, usePlanDraft } from "./edit-plan.js";
import { EstimateTable } from "./estimate-table.js";
import { Expires } from "./expires.js";
import { PlanFindings } from "./plan-findings.js";
import { PlanStep } from "./plan-step.js";

interface PlanPageProps {
  readonly plan: PlanReview;
  /** The plan of the address, if another one waits in its place. */
  readonly instead?: PlanReview;
  readonly onDone: () => void;
}

export function PlanPage({ plan, instead, onDone }: PlanPageProps) {
  const [isEditing, setEditing] = useState(false);
  return (
    <div class="reading">
      <div class="review">
        <PlanHead plan={plan} />
        {instead !== undefined && <Newer plan={plan} instead={instead} />}
        <div class="main">
          <Why plan={plan} />
          {isEditing ? (
            <EditPlan plan={plan} onClose={() => setEditing(false)} onDone={onDone} />
          ) : (
            <Steps plan={plan} onEdit={() => setEditing(true)} />
          )}
        </div>
        <aside class="side" aria-label="Decision">
          <section aria-labelledby="h-do">
            <h2 id="h-do" tabIndex={-1}>
              {plan.waiting ? "Your decision" : "The decision"}
            </h2>
            {plan.waiting ? (
              <DecidePlan key={plan.hash} plan={plan} isEditing={isEditing} onDone={onDone} />
            ) : (
              <Decided review={plan} />
            )}
          </section>
          <EstimateTable plan={plan} />
          <PlanFindings plan={plan} />
          <p class="hash">
            An approval is for this plan only.
            <br />
            sha256 {shortHash(plan.hash)}
          </p>
        </aside>
      </div>
      {plan.waiting && (
        <div class="foot-bar" role="region" aria-label="Go to the decision">
          <p>
            <b>{actsText(plan)}</b>
            <br />
            <span class="faint">{stepsText(plan)}</span>
          </p>
          <a
            class="btn primary"
            href="#h-do"
            onClick={(event) => {
              event.preventDefault();
              const heading = document.getElementById("h-do");
              heading?.scrollIntoView();
              heading?.focus({ preventScroll: true });
            }}
          >
            Decide
          </a>
        </div>
      )}
    </div>
  );
}

function PlanHead({ plan }: { readonly plan: PlanReview }) {
  return (
    <header>
      <p class="trail">
        <a href="/waiting">Waiting</a> <span aria-hidden="true">/</span> <a href={pageOfRun(plan.runId)}>Run</a>{" "}
        <span aria-hidden="true">/</span> <span>revision {plan.revision}</span>
      </p>
      {plan.within !== undefined && (
        <p class="of">
          A sub-plan: <WithinLink within={plan.within} />
        </p>
      )}
      <h1>{plan.goal}</h1>
      <p class="lead">{plan.lead}</p>
      <p class="ask">
        {plan.waiting && (
          <State shape="waiting" loud>
            Waits for your approval
          </State>
        )}
        {plan.requestedAt !== undefined && (
          <span>
            Asked <Time at={plan.requestedAt} />
          </span>
        )}
        {plan.waiting && plan.expiresAt !== undefined && <Expires at={plan.expiresAt} />}
        {plan.waiting && plan.reason !== "" && <span>Asked because {plan.reason}</span>}
      </p>
    </header>
  );
}

/** The plan of the address waits no more. */
function Newer({ plan, instead }: { readonly plan: PlanReview; readonly instead: PlanReview }) {
  const said = plan.why?.comments.some(({ text }) => text === instead.decision?.comment) ?? false;
  return (
    <div class="note is-waiting newer" role="status">
      <p>
        <b>
          Revision {instead.revision} waits no more.
          {plan.waiting && ` Revision ${plan.revision} waits in its place.`}
        </b>{" "}
        Below is revision {plan.revision}, with what changed since revision {instead.revision}.
        {plan.waiting && " A decision here is about this plan only."}
      </p>
      <Decided review={instead} quiet said={said} />
    </div>
  );
}

function Why({ plan: { why, revision } }: { readonly plan: PlanReview }) {
  if (why === undefined) return null;
  return (
    <section aria-labelledby="h-why" class="why">
      <h2 id="h-why">Why there is {revision === 2 ? "a second plan" : `revision ${revision}`}</h2>
      {why.text !== "" && <p>{sentence(why.text)}</p>}
      {why.comments.map((comment) => (
        <p key={comment.at} class="comment">
          “{comment.text}”{" "}
          <span class="faint nowrap">
            {comment.by}, <Time at={comment.at} />, on revision {comment.revision}
          </span>
        </p>
      ))}
    </section>
  );
}

function Steps({ plan, onEdit }: { readonly plan: PlanReview; readonly onEdit: () => void }) {
  const [showsChanges, setShowsChanges] = useState(true);
  const draft = usePlanDraft(plan);
  const mayEdit = useMay("all");
  const { against, steps } = plan;
  const compares = against !== undefined && showsChanges;
  const shown = compares ? steps : steps.filter(({ mark }) => mark !== "removed");
  return (
    <section aria-labelledby="h-plan">
      <div class="sec">
        <h2 id="h-plan" tabIndex={-1}>
          The plan, {counted(steps.filter(({ mark }) => mark !== "removed").length, "step")}
        </h2>
        {against !== undefined && <span class="small soft">{changesText(plan)}</span>}
        {against !== undefined && (
          <label class="check small">
            <input
              type="checkbox"
              checked={showsChanges}
              onChange={(event) => setShowsChanges(event.currentTarget.checked)}
            />{" "}
            Show changes since revision {against.revision}
          </label>
        )}
      </div>
      <Inputs inputs={plan.inputs} />
      <ol class="plan">
        {shown.map((step) => (
          <PlanStep key={`${step.mark === "removed" ? "-" : ""}${step.id}`} step={step} compares={compares} />
        ))}
      </ol>
      <p class="small soft after-plan">
        {plan.answer}{" "}
        {plan.waiting && mayEdit && (
          <button type="button" class="link" onClick={onEdit}>
            {draft.isEdited ? "Go on with your changes, which are not saved" : "Edit the plan as YAML"}
          </button>
        )}
      </p>
    </section>
  );
}

function Inputs({ inputs }: { readonly inputs: PlanReview["inputs"] }) {
  const entries = Object.entries(inputs);
  if (entries.length === 0) return null;
  return (
    <div class="inputs">
      <h3>Inputs of the run</h3>
      <table class="kv">
        <tbody>
          {entries.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{typeof value === "string" ? value : JSON.stringify(value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

// Words

const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/u.test(text) ? "" : "."}`;

function changesText({ steps }: PlanReview): string {
  const count = (mark: string) => steps.filter((step) => step.mark === mark).length;
  const parts = [
    [count("new"), "new"],
    [count("changed"), "changed"],
    [count("removed"), "removed"],
  ].flatMap(([number, word]) => (number === 0 ? [] : [`${number} ${word}`]));
  return parts.length === 0 ? "no step differs" : parts.join(", ");
}

const stepsText = (plan: PlanReview): string =>
  [
    counted(plan.steps.filter(({ mark }) => mark !== "removed").length, "step"),
    ...(plan.against === undefined ? [] : [changesText(plan)]),
  ].join(" · ");

function actsText({ acts }: PlanReview): string {
  if (acts.length === 0) return "It only reads";
  if (acts.some(({ times }) => times === undefined)) return "It may act";
  const times = acts.reduce((sum, one) => sum + (one.times ?? 0), 0);
  return times === 1 ? "It acts once" : `It acts ${times} times`;
}

const shortHash = (hash: string): string => `${hash.slice(0, 16).replace(/(.{4})(?=.)/gu, "$1 ")} … ${hash.slice(-4)}`;
