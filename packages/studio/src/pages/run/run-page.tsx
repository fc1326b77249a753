// One run, live.
import { useEffect, useState } from "preact/hooks";
import type { RunDocument } from "planloom";
import { get, post } from "../../api/client.js";
import type { PageProps } from "../../app/routes.js";
import { followEvents } from "../../api/events.js";

export function RunPage({ params: { id: runId = "" } }: PageProps) {
  const [run, setRun] = useState<RunDocument>();
  useEffect(() => {
    const load = () => void get<RunDocument>(`/v1/runs/${encodeURIComponent(runId)}`).then(setRun);
    load();
    const feed = followEvents(runId, 0, { event: load });
    return () => feed.close();
  }, [runId]);
  if (run === undefined) return <p>Loading …</p>;
  const send = (command: object) => void post<RunDocument>(`/v1/runs/${runId}/commands`, command).then(setRun);
  return (
    <>
      <h1>{run.goal}</h1>
      <p role="status">{run.status}</p>
      {run.waiting?.approvals.map(({ hash, reason }) => (
        <p key={hash}>
          {reason} <button onClick={() => send({ type: "approve", hash })}>Approve and run</button>
        </p>
      ))}
      <ol>
        {run.steps.map((step) => (
          <li key={step.id}>
            {step.title}: {step.status}
          </li>
        ))}
      </ol>
    </>
  );
}
