// A call that nobody can be sure of: its outcome is unknown, or it acted and its output cannot be used. In: the entry. Out:
// one of the answers. Nothing is preselected, because an answer may act twice.
import { useState } from "preact/hooks";
import type { Json } from "planloom";
import { announceNow } from "../../app/announce.js";
import { pageOfRun, sendCommand, type Waiting } from "../../api/people.js";
import { Allowed } from "../../parts/allowed.js";
import { Button } from "../../parts/button.js";
import { DataTable } from "../../parts/data-table.js";
import { ErrorNote } from "../../parts/note.js";
import { State } from "../../parts/state.js";
import { EffectTag, OriginTags } from "../../parts/tag.js";
import { Time } from "../../parts/time.js";
import { Masked } from "../../parts/value.js";
import { forgetDrafts } from "../../parts/use-draft.js";
import { AnswerFields, useAnswer } from "./answer-fields.js";
import { KIND_WORDS, withoutStop } from "./entry-words.js";

type Outcome = Waiting<"doubt"> | Waiting<"unusable"> | Waiting<"undoing">;

interface Verdict {
  readonly verdict: string;
  readonly word: string;
  readonly then: string;
  /** The button, once it is chosen. */
  readonly act: string;
  /** The person gives the output. */
  readonly output?: true;
}

const DOUBT = ({ tool }: Outcome): readonly Verdict[] => [
  {
    verdict: "happened",
    word: "It happened",
    then: `You enter what ${tool} returned. The step is done, and nothing is repeated.`,
    act: "Record that it happened",
    output: true,
  },
  {
    verdict: "not-happened",
    word: "It did not happen",
    then: `${tool} is called again, with the same key. If it did happen after all, it acts twice.`,
    act: `Record and call ${tool} again`,
  },
  {
    verdict: "abort",
    word: "Give it up",
    then: "Nothing is called again. The step fails, and the run follows its rule for a failed step.",
    act: "Give it up",
  },
];

const UNUSABLE = ({ tool }: Outcome): readonly Verdict[] => [
  {
    verdict: "use",
    word: "Use an output that you give",
    then: "You enter the output in its place. The step is done, and nothing is repeated.",
    act: "Use this output",
    output: true,
  },
  {
    verdict: "skip",
    word: "Skip the step",
    then: "The call stays done. Steps that need its output are skipped, too.",
    act: "Skip the step",
  },
  {
    verdict: "fail",
    word: "Let the step fail",
    then: "The call stays done. The run follows its rule for a failed step.",
    act: "Let the step fail",
  },
  {
    verdict: "again",
    word: "Call it again",
    then: `${tool} is called again. It acted already, so it acts twice.`,
    act: `Call ${tool} again and act twice`,
  },
];

const UNDOING = ({ tool }: Outcome): readonly Verdict[] => [
  {
    verdict: "again",
    word: "Try it again",
    then: `${tool} is asked again to undo the call, with the same key.`,
    act: "Try to undo it again",
  },
  {
    verdict: "undone",
    word: "It is undone by hand",
    then: "Nothing is called. The step counts as undone, and the calls before it are undone.",
    act: "Record that it is undone",
  },
  {
    verdict: "leave",
    word: "Leave it",
    then: "What the call did stays. The calls before it are undone.",
    act: "Leave what it did",
  },
];

const VERDICTS: { readonly [kind in Outcome["kind"]]: (entry: Outcome) => readonly Verdict[] } = {
  doubt: DOUBT,
  unusable: UNUSABLE,
  undoing: UNDOING,
};

const KINDS: { readonly [kind in Outcome["kind"]]: (tool: string) => string } = {
  doubt: (tool) => `Did this call of ${tool} happen?`,
  unusable: (tool) => `${tool} acted, and what it returned cannot be used`,
  undoing: (tool) => `This call of ${tool} could not be undone`,
};

interface OutcomeCardProps {
  readonly entry: Outcome;
  readonly onDone: () => void;
}

export function OutcomeCard({ entry, onDone }: OutcomeCardProps) {
  const [verdict, setVerdict] = useState<Verdict>();
  const [error, setError] = useState<unknown>();
  const answer = useAnswer(entry.key, entry.schema);
  const verdicts = VERDICTS[entry.kind](entry);
  const lacks = verdict?.output === true && answer.value === undefined;
  const send = async () => {
    if (verdict === undefined || lacks) return;
    setError(undefined);
    const { runId, step, item } = entry;
    const output = verdict.output === true ? { output: answer.value as Json } : {};
    const of = { step, ...(item === undefined ? {} : { item }) };
    try {
      await sendCommand(runId, { type: "settle", ...of, verdict: verdict.verdict, ...output });
      forgetDrafts(entry.key);
      announceNow("Recorded. The run goes on.");
    } catch (thrown) {
      setError(thrown);
    }
    onDone();
  };
  const id = `h-${entry.key}`;
  return (
    <article class="askcard" aria-labelledby={id}>
      <OutcomeHead entry={entry} id={id} />
      <div class="body">
        <CallFacts entry={entry} />
        <p class="soft">{factText(entry)}</p>
        {entry.kind !== "doubt" && (
          <section>
            <h3>What it returned{entry.partial === true ? ", as far as it was kept" : ""}</h3>
            <DataTable data={entry.output} />
          </section>
        )}
        <fieldset>
          <legend class="vh">{entry.kind === "doubt" ? "What happened?" : "What should follow?"}</legend>
          <div class={`answers of-${verdicts.length}`}>
            {verdicts.map((one) => (
              <label key={one.verdict}>
                <input
                  type="radio"
                  name={entry.key}
                  checked={verdict?.verdict === one.verdict}
                  onChange={() => setVerdict(one)}
                />
                <b>{one.word}</b>
                <span>{one.then}</span>
              </label>
            ))}
          </div>
        </fieldset>
        {verdict?.output === true && <AnswerFields answer={answer} label={`What ${entry.tool} returned`} />}
      </div>
      <footer>
        {error !== undefined && <ErrorNote error={error} />}
        <Allowed needs="approve" to="answer">
          <Button kind="primary" blocked={blockedBy(entry, verdict, lacks)} working="Recording …" onPress={send}>
            {verdict?.act ?? (entry.kind === "doubt" ? "Choose what happened" : "Choose what follows")}
          </Button>
        </Allowed>
      </footer>
    </article>
  );
}

function blockedBy(entry: Outcome, verdict: Verdict | undefined, lacks: boolean): string | undefined {
  if (verdict === undefined) return entry.kind === "doubt" ? "Choose what happened." : "Choose what follows.";
  return lacks ? "Enter the output first." : undefined;
}

function OutcomeHead({ entry, id }: { readonly entry: Outcome; readonly id: string }) {
  const { item, says, number, of, runId, goal } = entry;
  return (
    <header>
      <p class="kind">
        <State shape={entry.kind === "doubt" ? "unknown" : "unusable"} loud>
          {KIND_WORDS[entry.kind]}
        </State>
        <span class="faint">
          since <Time at={entry.since} />, no expiry
        </span>
      </p>
      <h2 id={id}>{KINDS[entry.kind](entry.tool)}</h2>
      <p class="of">
        {item === undefined ? "" : `Item ${item + 1} of `}Step {number} of {of}, “{withoutStop(says)}”, of{" "}
        <a href={pageOfRun(runId)}>{goal}</a>
      </p>
    </header>
  );
}

function CallFacts({ entry }: { readonly entry: Outcome }) {
  return (
    <table class="kv">
      <caption class="vh">The call</caption>
      <tbody>
        <tr>
          <th scope="row" class="words">
            Tool
          </th>
          <td>
            <span class="mono">{entry.tool}</span> <EffectTag effect={entry.effect} />
          </td>
        </tr>
        {entry.arguments.map(({ name, words, untrusted, private: isPrivate }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              <Masked masked={isPrivate}>
                <span class={untrusted ? "from-outside" : ""}>{words}</span>
              </Masked>{" "}
              <OriginTags trusted={!untrusted} private={isPrivate} />
            </td>
          </tr>
        ))}
        <tr>
          <th scope="row" class="words">
            Key
          </th>
          <td>
            <span class="mono">{entry.effectKey}</span>
            <p class="hint">The tool got this key with the call. Search for it where the tool acts.</p>
          </td>
        </tr>
      </tbody>
    </table>
  );
}

function factText({ attempt, error }: Outcome): string {
  const told =
    error === "" ? "" : ` ${error.charAt(0).toUpperCase()}${error.slice(1)}${/[.!?]$/u.test(error) ? "" : "."}`;
  return `Attempt ${attempt}.${told} Nothing is repeated until you answer.`;
}
