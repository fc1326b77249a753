// What a retry or a fork would do. In: the preview of the server, and the run. Out: first the calls that act again, then
// each step with its fate.
import type { Json, LoomRun, RunDocument } from "planloom";
import { EffectTag, Tag, type Effect } from "../../parts/tag.js";
import { Fields } from "../../parts/value.js";

export type AgainPreview = Extract<Awaited<ReturnType<LoomRun["previewRetry"]>>, { readonly ok: true }>;

type Effects = ReadonlyMap<string, Effect>;

interface PreviewProps {
  readonly run: RunDocument;
  /** What each tool of the plan does. */
  readonly effects: Effects;
  readonly preview: AgainPreview;
  readonly verb: "retry" | "fork";
}

/** A call that was made, and may be made again. */
interface MadeCall {
  readonly key: string;
  readonly step: string;
  readonly title: string;
  readonly tool: string;
  readonly args: Json;
  readonly effect: Effect | undefined;
}

export function Preview({ run, effects, preview, verb }: PreviewProps) {
  const calls = callsAgain(run, effects, preview);
  if (preview.stage === "plan")
    return <p class="soft">No plan was accepted, so the planner is asked for one. Nothing is reused.</p>;
  return (
    <div class="preview">
      <section aria-labelledby="h-again">
        <h2 id="h-again">
          {calls.length === 0
            ? "Nothing acts again"
            : `${calls.length === 1 ? "1 call" : `${calls.length} calls`} may act again`}
        </h2>
        {calls.length === 0 ? (
          <p class="soft">No call that has changed something is made a second time.</p>
        ) : (
          <>
            <p class="soft">
              {verb === "fork"
                ? "The new run makes these calls anew. Their arguments may be other ones then; these are of the first time."
                : "A call that acts once is made again only with other arguments. These are of the first time."}
            </p>
            <ul class="calls">
              {calls.map((call) => (
                <li key={call.key}>
                  <p>
                    {call.effect === undefined ? (
                      <Tag kind="effect" mark="leaves">
                        acts
                      </Tag>
                    ) : (
                      <EffectTag effect={call.effect} />
                    )}{" "}
                    <span class="mono">{call.tool}</span> <span class="soft">in “{call.title}”</span>
                  </p>
                  <Fields value={call.args} />
                </li>
              ))}
            </ul>
          </>
        )}
      </section>
      <section aria-labelledby="h-fate">
        <h2 id="h-fate">
          {preview.reused.length} of {preview.reused.length + preview.runs.length} steps are reused
        </h2>
        <ol class="fates">
          {stepsOf(run).map(({ id, title }) => (
            <li key={id}>
              <b class={`fate ${fateOf(id, preview)}`}>{FATES[fateOf(id, preview)]}</b> <span>{title}</span>
            </li>
          ))}
        </ol>
      </section>
    </div>
  );
}

type Fate = "reused" | "asks" | "restarts" | "runs" | "none";

const FATES: { readonly [fate in Fate]: string } = {
  reused: "reused",
  asks: "a person is asked",
  restarts: "starts anew",
  runs: "runs",
  none: "not part of it",
};

function fateOf(id: string, { reused, runs, restarted, unknown, unusable }: AgainPreview): Fate {
  if (reused.includes(id)) return "reused";
  if (unknown.includes(id) || unusable.includes(id)) return "asks";
  if (restarted.includes(id)) return "restarts";
  return runs.includes(id) ? "runs" : "none";
}

export const stepsOf = (run: RunDocument): readonly { readonly id: string; readonly title: string }[] =>
  (run.plan?.steps ?? []).map((step) => ({
    id: step.id,
    title: typeof step["title"] === "string" ? step["title"] : step.id,
  }));

/** Calls of tool steps that acted, by item, and the calls that agent steps have made. */
function callsAgain(
  run: RunDocument,
  effects: Effects,
  { actAgain, calls, restarted }: AgainPreview,
): readonly MadeCall[] {
  const titles = new Map(stepsOf(run).map(({ id, title }) => [id, title]));
  const inner = calls.map(({ step, item, tool, args, effects, key }): MadeCall => ({
    key,
    step,
    title: titleOf(titles.get(step) ?? step, item),
    tool,
    args: args,
    effect: effects === "once" ? "acts-once" : "acts-repeatable",
  }));
  const own = run.steps
    .filter(({ id, tool }) => actAgain.includes(id) && tool !== undefined)
    .flatMap(({ id, tool = "", title, items, input }) =>
      (items ?? [{ index: undefined, input }]).map(({ index, input: args }): MadeCall => ({
        key: `${id}/${index ?? ""}`,
        step: id,
        title: titleOf(title, index),
        tool,
        args: args ?? {},
        effect: effects.get(tool),
      })),
    );
  return [...own, ...inner.filter(({ step }) => restarted.includes(step) || actAgain.includes(step))];
}

const titleOf = (title: string, item: number | undefined): string =>
  item === undefined ? title : `${title}, item ${item + 1}`;
