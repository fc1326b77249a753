// Starts a run and goes to its page. In: a goal or a plan with inputs. Out: the page of the run.
import type { Json, RunDocument } from "planloom";
import { post } from "../../api/client.js";
import { go } from "../../app/router.js";

export interface StartOrder {
  readonly goal?: string;
  /** Absent: that of the configuration. */
  readonly strategy?: string;
  readonly plan?: string;
  readonly playbook?: string;
  readonly inputs?: { readonly [name: string]: Json };
}

export async function startRun(order: StartOrder): Promise<void> {
  const { runId } = await post<RunDocument>("/v1/runs", order);
  go(`/runs/${encodeURIComponent(runId)}`);
}
