// The titles of what a run waits for. In: data. Out: a few words that say what to do, or what will happen.
import type { ChildWait } from "../run/event/child.js";
import { cutLine } from "./row-lines.js";

/** `item` is the label of an item. */
interface WaitingWork {
  readonly title: string;
  readonly item?: string;
}

const workText = ({ title, item }: WaitingWork): string =>
  cutLine(item === undefined ? title : `${title}, ${item}`, 120);

export const WAIT_TITLES = {
  plan: (revision: number): string => (revision === 1 ? "Approve the plan" : `Approve the plan, revision ${revision}`),
  /** `tool` is absent for an agent step as a whole. */
  call: (work: WaitingWork, tool: string | undefined): string =>
    tool === undefined ? `Approve the step: ${workText(work)}` : `Approve the call of ${tool}: ${workText(work)}`,
  question: (question: string): string => cutLine(question),
  doubt: (work: WaitingWork, tool: string): string => `Say whether ${tool} acted: ${workText(work)}`,
  unusable: (work: WaitingWork, tool: string): string =>
    `Say what to use in place of the output of ${tool}: ${workText(work)}`,
  child: (work: WaitingWork, waits: ChildWait | undefined): string =>
    `${waits === "awaiting-approval" ? "Approve in" : waits === "paused" ? "Go on with" : "Answer in"} the sub-plan: ${workText(work)}`,
  retry: (work: WaitingWork, attempt: number): string => `Attempt ${attempt}: ${workText(work)}`,
  reconcile: (work: WaitingWork, tool: string): string => `${tool} is asked whether it acted: ${workText(work)}`,
};
