// The list of runs, and the field that starts one.
import { useEffect, useState } from "preact/hooks";
import type { RunDocument } from "planloom";
import { get, post } from "../../api/client.js";
import { go } from "../../app/router.js";

interface ListedHead {
  readonly runId: string;
  readonly goal: string;
  readonly status: string;
}

export function RunsPage() {
  const [runs, setRuns] = useState<readonly ListedHead[]>();
  const [goal, setGoal] = useState("");
  useEffect(() => {
    void get<{ readonly runs: readonly ListedHead[] }>("/v1/runs").then(({ runs }) => setRuns(runs));
  }, []);
  const start = async () => {
    const { runId } = await post<RunDocument>("/v1/runs", { goal });
    go(`/runs/${runId}`);
  };
  return (
    <>
      <h1>Runs</h1>
      <form onSubmit={(event) => (event.preventDefault(), void start())}>
        <label>
          Goal <input value={goal} onInput={(event) => setGoal(event.currentTarget.value)} />
        </label>
        <button>Start</button>
      </form>
      <ul>
        {runs?.map((run) => (
          <li key={run.runId}>
            <a href={`/runs/${encodeURIComponent(run.runId)}`}>{run.goal}</a> {run.status}
          </li>
        ))}
      </ul>
    </>
  );
}
