// Playbooks as plain data. In: rows of the list, saved playbooks. Out: documents for JSON, the HTTP API and the Studio.
import type { InputSpec } from "../../plan/plan.js";
import type { Json } from "../../plan/json.js";
import { isBounded, wantedOf } from "../../plan/playbook/bounded.js";
import type { StandingApproval } from "../../files/standing-approvals.js";
import type { PlaybookChange } from "../../run/recorded-playbook.js";
import type { RunStatus } from "../../run/status.js";
import { playbookChangeText } from "../../words/approval-reasons.js";
import type { PlaybookNote } from "./saving.js";
import type { PlaybookRow } from "./playbooks.js";

export interface PlaybookInputDocument {
  readonly name: string;
  /** The type in a few words. */
  readonly wanted: string;
  readonly type?: InputSpec["type"];
  readonly description?: string;
  readonly default?: Json;
  /** Its type lists or bounds its values, so it may stay free in a standing approval. */
  readonly bounded: boolean;
}

export interface PlaybookDocument {
  readonly name: string;
  readonly file: string;
  /** With `{name}` in the place of inputs. */
  readonly goal: string;
  /** Whether it passes check against the tools of now. */
  readonly ok: boolean;
  /** What is wrong with it, in words. */
  readonly problems: readonly string[];
  readonly inputs: readonly PlaybookInputDocument[];
  readonly steps: number;
  readonly tools: readonly string[];
  readonly standing: StandingDocument | null;
  /** Why a standing approval that was given does not hold. */
  readonly lost: readonly string[];
  readonly runs: readonly { readonly runId: string; readonly status: RunStatus; readonly startedAt: string }[];
}

export interface StandingDocument {
  readonly by: string;
  readonly at: string;
  readonly until?: string;
  readonly fixed: { readonly [name: string]: Json };
  readonly free: readonly string[];
}

export function playbookDocumentOf({ name, file, playbook, problem, runs: listed }: PlaybookRow): PlaybookDocument {
  const check = playbook?.check;
  const plan = check?.ok === true ? check.plan : undefined;
  const runs = listed.flatMap((run) =>
    run.unreadable === undefined
      ? [{ runId: run.runId, status: run.status, startedAt: new Date(run.startedAt).toISOString() }]
      : [],
  );
  const inputs = Object.entries(plan?.inputs ?? {}).map(([input, spec]) => inputDocument(input, spec));
  return {
    ...{ name, file, goal: plan?.goal ?? "", ok: plan !== undefined },
    problems: [
      ...(problem === undefined ? [] : [problem.message]),
      ...(check?.ok === false ? check.findings.map(({ message, where }) => `${where.pointer}: ${message}`) : []),
    ],
    inputs,
    steps: plan?.steps.length ?? 0,
    tools: check?.ok === true ? check.tools.map((tool) => tool.name) : [],
    standing: standingDocument(playbook?.standing ?? null, inputs),
    lost: (playbook?.lost ?? []).map((change: PlaybookChange) => playbookChangeText(change)),
    runs,
  };
}

const inputDocument = (name: string, { type, description, default: usual }: InputSpec): PlaybookInputDocument => ({
  name,
  wanted: type === undefined ? "any value" : wantedOf(type),
  ...(type !== undefined && { type }),
  ...(description !== undefined && { description }),
  ...(usual !== undefined && { default: usual }),
  bounded: isBounded(type),
});

const standingDocument = (
  standing: StandingApproval | null,
  inputs: readonly { readonly name: string }[],
): StandingDocument | null =>
  standing === null
    ? null
    : {
        by: standing.by,
        at: new Date(standing.at).toISOString(),
        ...(standing.until !== undefined && { until: new Date(standing.until).toISOString() }),
        fixed: standing.fixed,
        free: inputs.map(({ name }) => name).filter((name) => !Object.hasOwn(standing.fixed, name)),
      };

/** A note in words. */
export function playbookNoteText(note: PlaybookNote): string {
  switch (note.note) {
    case "left":
      return `The value of ${note.input} also stands in ${note.places.join(", ")}, where it stays as it is.`;
    case "no-default":
      return `The value of ${note.input} may be private or written by others, so it is no default.`;
    case "after-untrusted":
      return note.private === true
        ? "The planner had read private text of others, so the plan may hold some of it. Read the file before you share it."
        : "The planner had read text of others. Read the file before you approve it.";
  }
}
