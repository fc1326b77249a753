// Makes the keys of effects, of journals, and of the questions in a recording, and takes them apart. In: the facts that
// distinguish one from another. Out: a string, and back. No other file does this.
import { canonicalJson, type JsonObject } from "../plan/json.js";

/** The part of a step or item that its keys need. */
interface Keyed {
  readonly step: { readonly spec: { readonly id: string } };
  readonly item: number | null;
  readonly attempt: number;
  readonly doubts: number;
}

/** A step, or one item of a fan-out. */
interface Ref {
  readonly step: string;
  readonly item?: number | null | undefined;
}

/** A request to the planner. `seq` is the number of the event that caused it. */
export const planKey = (seq: number): string => `plan/${seq}`;
/** A choice of the strategy. `seq` is the number of the event that caused it. */
export const chooseKey = (seq: number): string => `choose/${seq}`;
export const reviewKey = (count: number): string => `review/${count}`;
export const answerKey = (count: number): string => `answer/${count}`;
export const critiqueKey = (count: number): string => `critique/${count}`;

/** One attempt of a tool or agent step. */
export function callKey({ step, item, attempt }: Keyed): string {
  return item === null ? `call/${step.spec.id}/${attempt}` : `call/${step.spec.id}/${item}/${attempt}`;
}

/** The model call before that attempt, for the arguments that the plan leaves out. */
export const fillKey = (work: Keyed): string => `fill/${callKey(work)}`;

/** A request to judge the output of that attempt. `count`: of the requests about this work. */
export const judgeKey = (work: Keyed, count: number): string => `judge/${callKey(work)}/${count}`;

/** A question to a tool about the latest doubt of this work. */
export const reconcileKey = ({ step, item, doubts }: Keyed): string =>
  `reconcile/${step.spec.id}/${item ?? ""}/${doubts}`;

/** One attempt to undo the call with this key. */
export const compensateKey = (call: string, attempt: number): string => `compensate/${call}/${attempt}`;

/** A question to a person about the undoing of the call with this key. */
export const undoingKey = (call: string): string => `undoing/${call}`;

/** A question to a person about the latest doubt of this work. */
export const doubtKey = ({ step, item }: Keyed): string => `unknown/${step.spec.id}/${item ?? ""}`;

/** Names a call inside an agent step by what it does, for what a person said against it. */
export const callText = (tool: string, args: JsonObject): string => canonicalJson([tool, args]);

/** A question of an ask step to a person. */
export const askKey = ({ step, item }: Keyed): string => askQuestion({ step: step.spec.id, item });

/** A request for a person's approval of the plan or call with this hash. */
export const approvalKey = (hash: string): string => `approval/${hash}`;

/** The abort of the effect with this key. */
export const stopKey = (key: string): string => `stop/${key}`;

/** The end of the run's time. It is decided at the next input after it. */
export const DEADLINE_KEY = "wait/deadline";

/** The time of the next attempt to undo a call. */
export const UNDOING_RETRY_KEY = "wait/undoing";

/** The time of the first retry that is waiting. */
export const RETRY_KEY = "wait/retry";

// Journals

/** Requests to a role are recorded under these names. Steps use their ids. */
export const ROLE_SCOPES = {
  choose: "#strategy",
  plan: "#planner",
  review: "#review",
  answer: "#answer",
  critique: "#critic",
} as const;

/** The name under which a request to judge an output is recorded. `key`: that of the request. */
export const judgeScope = (key: string): string => `#${key.slice(0, key.lastIndexOf("/"))}`;

/** The number in the key of a request to a role. The journal uses it as the attempt. */
export const requestNumber = (key: string): number => Number(key.slice(key.lastIndexOf("/") + 1));

// Views

/** The keys of rows that are no steps. Revision 1 is the first plan. */
export const phaseKey = {
  plan: (revision: number): string => (revision === 1 ? "#plan" : `#plan/${revision}`),
  answer: ROLE_SCOPES.answer,
};

/** The revision of the plan with this key; undefined if it is the key of something else. */
export function revisionOfKey(key: string): number | undefined {
  const found = /^#plan(?:\/(\d+))?$/.exec(key);
  return found === null ? undefined : Number(found[1] ?? 1);
}

/** The key of a step that the current plan does not have any more. The current plan may have another of its id. */
export const earlierKey = (step: string, revision: number): string => `${step}/${revision}`;

// Recordings: a question has the same name in the recorded run and in the run that plays it

export const isPlanKey = (key: string): boolean => key.startsWith("plan/");
export const askQuestion = ({ step, item }: Ref): string => `ask/${step}/${item ?? ""}`;
export const approvalQuestion = (subject: "plan" | Ref): string =>
  subject === "plan" ? "approval/plan" : `approval/${subject.step}/${subject.item ?? ""}`;

/** The key of an attempt with another attempt number, from `numberOf`. Any other key stays unchanged. */
export function renumbered(key: string, numberOf: (work: string, attempt: string) => number): string {
  const judged = /^judge\/(call\/.+)\/(\d+)\/(\d+)$/.exec(key);
  if (judged !== null) return `judge/${judged[1]}/${numberOf(judged[1]!, judged[2]!)}/${judged[3]}`;
  return key.replace(/^(fill\/)?(call\/.+)\/(\d+)$/, (_, fill: string | undefined, work: string, attempt: string) => {
    return `${fill ?? ""}${work}/${numberOf(work, attempt)}`;
  });
}

export type QuestionName =
  | { readonly kind: "plan" | "choose" | "review" | "answer" | "critique"; readonly number: string }
  | {
      readonly kind: "call" | "fill" | "judge";
      readonly step: string;
      readonly item?: string;
      readonly attempt: string;
    }
  | { readonly kind: "reconcile" | "ask" | "approval"; readonly step: string; readonly item?: string }
  | { readonly kind: "plan-approval" }
  /** Not a key that this build makes: an edited log may hold any text. */
  | { readonly kind: "other"; readonly name: string };

/** Takes the key or name of a question apart. */
export function readQuestion(name: string): QuestionName {
  const [kind, ...rest] = name.split("/");
  const [first = "", second = ""] = rest;
  switch (kind) {
    case "plan":
    case "choose":
    case "review":
    case "answer":
    case "critique":
      return { kind, number: first };
    case "judge":
      return first === "call" ? { kind, ...callIn(rest.slice(1, -1)) } : { kind: "other", name };
    case "fill":
      return first === "call" ? { kind, ...callIn(rest.slice(1)) } : { kind: "other", name };
    case "call":
      return { kind, ...callIn(rest) };
    case "reconcile":
    case "ask":
    case "approval":
      if (kind === "approval" && rest.length === 1) return { kind: "plan-approval" };
      return { kind, step: first, ...(second !== "" && { item: second }) };
    default:
      return { kind: "other", name };
  }
}

function callIn(parts: readonly string[]): { readonly step: string; readonly item?: string; readonly attempt: string } {
  const [step = "", item = ""] = parts;
  return { step, ...(parts.length > 2 && { item }), attempt: parts.at(-1) ?? "" };
}
