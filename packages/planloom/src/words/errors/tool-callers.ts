// Errors of the MCP server: what a model that calls its tools may not do. With their parameters and words.
import { byCase } from "../by-case.js";
import type { ErrorTable } from "../error-words.js";

/** What only a person may decide. */
export type PersonsPart =
  | { readonly of: "approval"; readonly runId: string; readonly hash: string }
  | { readonly of: "question"; readonly runId: string; readonly step: string; readonly item?: number };

export interface ToolCallerErrors {
  PERSON_DECIDES: PersonsPart;
  RUN_NOT_OWN: { readonly runId: string };
}

const partText = byCase<PersonsPart, "of", string>("of", {
  approval: ({ hash, runId }) => `What waits under ${hash} in run ${runId}`,
  question: ({ step, runId }) => `The question of step ${step} in run ${runId}`,
});

export const TOOL_CALLER_ERRORS: ErrorTable<ToolCallerErrors> = {
  PERSON_DECIDES: {
    kind: "refused",
    message: (part) => `${partText(part)} is for a person to decide. A model may not do it.`,
    next: (part) => [
      "Tell the person. They decide with ",
      part.of === "approval"
        ? { action: "approve", runId: part.runId, hash: part.hash }
        : {
            action: "respond",
            runId: part.runId,
            step: part.step,
            ...(part.item === undefined ? {} : { item: part.item }),
          },
      ". Then ask for the state of the run with ",
      { action: "show", runId: part.runId },
      ". Where the server starts, `--allow-approve` lets its callers decide.",
    ],
  },
  RUN_NOT_OWN: {
    kind: "refused",
    message: ({ runId }) => `Run ${runId} was not started by this caller, so it cannot be steered from here.`,
    next: ({ runId }) => ["It can be read with ", { action: "show", runId }, "."],
  },
};
