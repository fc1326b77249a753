// One call that waits: the act, its arguments as fields, where they come from, and the decision. In: its review. Out: a
// command. The primary button names the act.
import { useState } from "preact/hooks";
import { announceNow } from "../../app/announce.js";
import { approved, pageOfRun, sendCommand, type CallReview } from "../../api/people.js";
import { Allowed, useMay } from "../../parts/allowed.js";
import { Button } from "../../parts/button.js";
import { FormDialog } from "../../parts/form-dialog.js";
import { ErrorNote } from "../../parts/note.js";
import { State } from "../../parts/state.js";
import { EffectTag } from "../../parts/tag.js";
import { Time } from "../../parts/time.js";
import { forgetDrafts } from "../../parts/use-draft.js";
import { ArgumentFields, useArguments } from "./argument-fields.js";
import { CallPreview, ListedPreview } from "./call-preview.js";
import { Expires } from "./expires.js";
import { ToolChanges } from "./tool-changes.js";

interface CallCardProps {
  readonly call: CallReview;
  readonly level: 1 | 2;
  readonly onDone: () => void;
}

export function CallCard({ call, level, onDone }: CallCardProps) {
  const form = useArguments(call);
  const [rest, setRest] = useState<"values" | "host">();
  const [asksDeny, setAsksDeny] = useState(false);
  const [error, setError] = useState<unknown>();
  const mayAll = useMay("all");
  const { runId, hash, tool } = call;
  const done = (word: string) => {
    forgetDrafts(hash);
    announceNow(word);
    onDone();
  };
  const approve = async () => {
    setError(undefined);
    const args = form.edited ? { args: form.args } : {};
    const command = { type: "approve", hash, ...args, ...(rest === undefined ? {} : { rest }) } as const;
    await approved(runId, command, mayAll).then(
      () => done("Approved. The call is made."),
      (thrown: unknown) => (setError(thrown), onDone()),
    );
  };
  const Heading = level === 1 ? "h1" : "h2";
  return (
    <article class="askcard" aria-labelledby={`h-${hash}`}>
      <header>
        <CallKind call={call} />
        <Heading id={`h-${hash}`}>{questionOf(call)}</Heading>
        <p class="of">
          Step {call.number} of {call.of} of <a href={pageOfRun(runId)}>{call.goal}</a>
        </p>
      </header>
      <div class="body">
        <p>
          {call.effect !== undefined && <EffectTag effect={call.effect} />} <span class="mono">{tool}</span>{" "}
          <span class="soft">Asked because {call.reason}.</span>
        </p>
        <ArgumentFields call={call} form={form} />
        <Items call={call} />
        <Origins call={call} />
        <ToolChanges changes={call.changes} />
        {level === 2 && <ListedPreview call={call} edited={form.edited} />}
        {call.preview !== undefined && <CallPreview preview={call.preview} edited={form.edited} />}
        <p class="soft small">Not called yet. Nothing is sent until you answer.</p>
        {call.waiting && call.rest.length > 0 && <Rest call={call} rest={rest} onRest={setRest} />}
      </div>
      {call.waiting && (
        <footer>
          {error !== undefined && <ErrorNote error={error} />}
          <Allowed needs="approve" to="decide about the call">
            <Button kind="primary" blocked={form.blocked} working="Approving …" onPress={approve}>
              {actText(call, form.edited)}
            </Button>
            <Button onPress={() => setAsksDeny(true)}>Deny the call …</Button>
            <span class="small">Approves {form.edited ? "your arguments" : "these arguments"} only</span>
          </Allowed>
        </footer>
      )}
      {asksDeny && (
        <FormDialog
          title="Deny the call"
          label="Why, or what should be different"
          act="Deny the call"
          working="Denying …"
          draft={`${hash}/deny`}
          onClose={() => setAsksDeny(false)}
          onSend={async (comment) => {
            await sendCommand(runId, { type: "reject", hash, comment });
            done("Denied. The call is not made.");
          }}
        >
          <p>The call is not made. Then {call.rejecting?.text ?? "the run goes on"}.</p>
        </FormDialog>
      )}
    </article>
  );
}

function CallKind({ call }: { readonly call: CallReview }) {
  return (
    <p class="kind">
      {call.waiting ? (
        <State shape="waiting" loud>
          {call.privateLeaves ? "Approve a destination" : "Approve a call"}
        </State>
      ) : (
        <span class="faint">Decided</span>
      )}
      <span class="faint">
        Asked <Time at={call.requestedAt} />
        {call.waiting && (
          <>
            {" "}
            · <Expires at={call.expiresAt} />
          </>
        )}
      </span>
    </p>
  );
}

function questionOf({ says, tool, privateLeaves, item, items }: CallReview): string {
  const title = says.replace(/\.$/u, "");
  if (items !== undefined) return `${title}, for ${items.length} items?`;
  if (privateLeaves) return `Let private data leave with ${tool}?`;
  return `${title}${item === undefined ? "" : `, item ${item + 1}`}?`;
}

function actText({ tool, effect, items }: CallReview, edited: boolean): string {
  const name = tool ?? "the step";
  const many = items === undefined ? "" : ` for ${items.length} items`;
  const how = edited ? " with your arguments" : "";
  return effect === "none" ? `Approve and call ${name}${many}${how}` : `Approve and run ${name}${many}${how}`;
}

/** The items of a step that wait as one question. */
function Items({ call: { items } }: { readonly call: CallReview }) {
  const [whole, setWhole] = useState(false);
  if (items === undefined) return null;
  const shown = whole ? items : items.slice(0, 40);
  return (
    <div class="scroll-x">
      <table class="kv">
        <caption class="vh">The items</caption>
        <tbody>
          {shown.map(({ item, args }) => (
            <tr key={item}>
              <th scope="row" class="words">
                item {item + 1}
              </th>
              <td>
                {Object.entries(args).map(([name, value]) => (
                  <span key={name} class="from-outside">
                    {name}: {typeof value === "string" ? value : JSON.stringify(value)}{" "}
                  </span>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {items.length > shown.length && <Button onPress={() => setWhole(true)}>Show all {items.length} items</Button>}
    </div>
  );
}

/** How data of others reached the arguments that choose what the call does. */
function Origins({ call }: { readonly call: CallReview }) {
  const chosen = call.arguments.filter(({ name, path }) => call.chosen.includes(name) && path.length > 0);
  if (chosen.length === 0) return null;
  return (
    <section>
      <h3>Where {chosen.length === 1 ? "this value comes" : "these values come"} from</h3>
      {chosen.map(({ name, words, path }) => (
        <ol key={name} class="origin-path">
          {path.map((text) => (
            <li key={text} class="out">
              {text}
            </li>
          ))}
          <li>
            Argument <span class="mono">{name}</span> of this call: <span class="from-outside">{words}</span>
          </li>
        </ol>
      ))}
    </section>
  );
}

interface RestProps {
  readonly call: CallReview;
  readonly rest: "values" | "host" | undefined;
  readonly onRest: (rest: "values" | "host" | undefined) => void;
}

const REST_WORDS = {
  values: "Later calls of this tool with the same values, in this step",
  host: "Later calls of this tool to the same host, in this step",
} as const;

function Rest({ call, rest, onRest }: RestProps) {
  return (
    <fieldset class="rest">
      <legend class="small">What the approval covers</legend>
      <label class="choice">
        <input
          type="radio"
          name={`rest-${call.hash}`}
          checked={rest === undefined}
          onChange={() => onRest(undefined)}
        />{" "}
        This call only
      </label>
      {call.rest.map((one) => (
        <label key={one} class="choice">
          <input type="radio" name={`rest-${call.hash}`} checked={rest === one} onChange={() => onRest(one)} />{" "}
          {REST_WORDS[one]}, too
        </label>
      ))}
    </fieldset>
  );
}
