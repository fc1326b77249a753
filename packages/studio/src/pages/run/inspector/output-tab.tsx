// What a step gave: its output with labels, what it did in the world, and who reads it. In: the step. Out: the tab.
import type { Json } from "planloom";
import type { RowStatus } from "../../../api/run-view.js";
import { OriginTags, Tag } from "../../../parts/tag.js";
import { Fields, Masked, Value } from "../../../parts/value.js";
import { callText, isRecord, textOf } from "../../../parts/value-text.js";
import { runAddress } from "../run-place.js";
import { OriginPath } from "./input-tab.js";
import { isPrivate } from "./private.js";
import type { TabProps } from "./inspector.js";

const NONE: { readonly [status in RowStatus]?: string } = {
  planned: "There is no output yet: the step has not started.",
  queued: "There is no output yet: the step is queued.",
  running: "There is no output yet: the step runs.",
  retrying: "There is no output yet: the step tries again.",
  waiting: "There is no output yet: the step waits for you.",
  failed: "There is no output: the step failed.",
  skipped: "There is no output: the step was skipped.",
  cancelled: "There is no output: the step was cancelled.",
  unknown: "There is no output: nobody knows whether the call acted.",
};

export function OutputTab({ view, place, step }: TabProps) {
  const { output, judged, labels, calls, readBy, row, item } = step;
  const status = item?.status ?? row.status;
  return (
    <>
      {output === undefined ? (
        <p class="soft">{NONE[status] ?? "There is no output."}</p>
      ) : (
        <>
          <h3>Output</h3>
          <Masked masked={labels.private}>
            <Fields value={output} />
          </Masked>
        </>
      )}
      {judged !== undefined && (
        <>
          <h3>Judged by a model</h3>
          <p>{judged}</p>
        </>
      )}
      {output !== undefined && (
        <>
          <h3>Labels</h3>
          <p>
            <OriginTags {...labels} />
            {labels.trusted && !labels.private && <Tag kind="reads">trusted, public</Tag>}
          </p>
          {labels.path.length > 0 && <OriginPath origin={labels} />}
        </>
      )}
      {calls.length > 0 && (
        <>
          <h3>Acted</h3>
          <Masked masked={isPrivate(step)}>
            <Acted calls={calls} />
          </Masked>
        </>
      )}
      {readBy.length > 0 && (
        <>
          <h3>Read by</h3>
          <ul class="small">
            {readBy.map(({ key, title }) => (
              <li key={key}>
                <a href={runAddress(view.runId, place, { step: key })}>{title}</a>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

/** Calls that changed something outside, or may have. */
function Acted({ calls }: { readonly calls: readonly Json[] }) {
  return (
    <ol class="acted">
      {calls.map((call, at) => {
        const { tool = "", args = {}, output } = isRecord(call) ? call : {};
        return (
          <li key={at}>
            <p class="call">{callText(textOf(tool), args)}</p>
            {isRecord(call) && call["uncertain"] === true && <p class="small is-unknown">It may have acted.</p>}
            {output !== undefined && <Value value={output} />}
          </li>
        );
      })}
    </ol>
  );
}
