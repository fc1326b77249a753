// The check of a plan while it is written. In: its text, and what the run gives it. Out: the findings of the server, asked a
// moment after the last key.
import type { Finding, Json } from "planloom";
import { useEffect, useState } from "preact/hooks";
import { post } from "./client.js";

export type WordedFinding = Finding & { readonly message: string; readonly fix: string };

/** The answer of POST /v1/plans/check. */
export interface PlanCheck {
  readonly ok: boolean;
  readonly findings: readonly WordedFinding[];
  readonly hash?: string;
  /** Only of a plan that can run. */
  readonly plan?: CheckedPlanText;
}

export interface CheckedPlanText {
  readonly goal?: string;
  readonly steps: readonly { readonly id: string; readonly title?: string }[];
  readonly inputs?: { readonly [name: string]: InputText };
}

export interface InputText {
  readonly type?: Json;
  readonly description?: string;
  readonly default?: Json;
}

interface Known {
  readonly text: string;
  readonly check?: PlanCheck;
  readonly error?: unknown;
}

/** ms of rest after a key, before the server is asked. */
const REST_MS = 250;

/** The result of the last text. undefined while a newer text is not checked. */
export function usePlanCheck(text: string, around: object): Pick<Known, "check" | "error"> {
  const [known, setKnown] = useState<Known>();
  useEffect(() => {
    const gone = new AbortController();
    const ask = () =>
      void post<PlanCheck>("/v1/plans/check", { plan: text, ...around }, gone.signal).then(
        (check) => setKnown({ text, check }),
        (error: unknown) => gone.signal.aborted || setKnown({ text, error }),
      );
    const timer = setTimeout(ask, known === undefined ? 0 : REST_MS);
    return () => (clearTimeout(timer), gone.abort());
  }, [text]);
  return known?.text === text ? known : {};
}
