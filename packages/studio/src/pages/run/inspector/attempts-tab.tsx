// The attempts of a step: each with its state, times, tokens, error and what followed. In: the step. Out: the tab.
import type { StepView } from "../../../api/run-view.js";
import { Tokens } from "../../../parts/money.js";
import { State } from "../../../parts/state.js";
import { durationText } from "../../../parts/time-text.js";
import { runAddress } from "../run-place.js";
import type { TabProps } from "./inspector.js";

type Attempt = StepView["attempts"][number];

export function AttemptsTab({ view, place, step }: TabProps) {
  const { attempts } = step;
  if (attempts.length === 0) return <p class="soft">The step has not started.</p>;
  const failed = attempts.filter(({ error }) => error !== undefined);
  const shown = place.attempt === undefined ? failed : attempts.filter(({ attempt }) => attempt === place.attempt);
  return (
    <>
      <div class="scroll-x" tabIndex={0} role="group" aria-label="Attempts">
        <table class="figures">
          <thead>
            <tr>
              <th scope="col">Attempt</th>
              <th scope="col">State</th>
              <th scope="col" class="num">
                Start
              </th>
              <th scope="col" class="num">
                Took
              </th>
              <th scope="col" class="num">
                Tokens
              </th>
            </tr>
          </thead>
          <tbody>
            {attempts.map((one) => (
              <AttemptRow
                key={one.attempt}
                one={one}
                href={runAddress(view.runId, place, { attempt: one.attempt, tab: "attempts" })}
                isOn={one.attempt === place.attempt}
              />
            ))}
          </tbody>
        </table>
      </div>
      {step.questions !== undefined && <Questions questions={step.questions} />}
      {shown.map((one) => (
        <AttemptError key={one.attempt} one={one} />
      ))}
    </>
  );
}

/** What its tools asked a person. */
function Questions({ questions }: { readonly questions: NonNullable<StepView["questions"]> }) {
  return (
    <section>
      <h3>Questions to a person</h3>
      <ul class="entries small">
        {questions.map(({ tool, question, answer, by }, at) => (
          <li key={at}>
            <span class="mono">{tool}</span> asked: {question}{" "}
            {answer === undefined
              ? "It waits for the answer."
              : `${by ?? "A person"} answered: ${JSON.stringify(answer)}`}
          </li>
        ))}
      </ul>
    </section>
  );
}

function AttemptRow({ one, href, isOn }: { readonly one: Attempt; readonly href: string; readonly isOn: boolean }) {
  const { attempt, status, startedAfterMs, tookMs, tokens } = one;
  return (
    <tr class={isOn ? "on" : undefined}>
      <td>
        <a href={href} aria-current={isOn ? "true" : undefined}>
          {attempt}
        </a>
      </td>
      <td>
        <State shape={status} />
      </td>
      <td class="num">{durationText(startedAfterMs)}</td>
      <td class="num">{tookMs === undefined ? "" : durationText(tookMs)}</td>
      <td class="num">
        <Tokens count={tokens} why="It is not known for this attempt alone." />
      </td>
    </tr>
  );
}

function AttemptError({ one: { attempt, error, decision } }: { readonly one: Attempt }) {
  if (error === undefined) return <p class="small soft follows">Attempt {attempt} has no error.</p>;
  const { code, message, stack, causes = [] } = error;
  return (
    <section>
      <h3>Error of attempt {attempt}</h3>
      <p class="data">
        <span class="k">{code}</span> {message}
      </p>
      {causes.length > 0 && (
        <ul class="entries small">
          {causes.map((cause, at) => (
            <li key={at}>caused by {cause}</li>
          ))}
        </ul>
      )}
      {decision !== undefined && <p class="small follows">{decision}</p>}
      {stack !== undefined && (
        <details class="stack">
          <summary>Stack</summary>
          <pre class="data">{stack.trim()}</pre>
        </details>
      )}
    </section>
  );
}
