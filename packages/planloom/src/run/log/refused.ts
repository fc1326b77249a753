// A refused command, rebuilt from its refusal. In: the state before it, and the event. Out: a command that is refused again with
// the same code and message. Separate from input-of.ts because a refusal holds the words of a command only, not its parts.
import type { Json } from "../../plan/json.js";
import type { EventData, StepRef } from "../event.js";
import { typeProblem } from "../decide/gate.js";
import type { Command } from "../command.js";
import { currentPlan, type Run, type Work } from "../state.js";

/** undefined where the log does not tell enough. */
export function refusedCommand(run: Run, { command, code, message }: EventData["input.refused"]): Command | undefined {
  if (code === "RUN_ENDED" && command !== "edit") return ANY[command];
  switch (command) {
    case "retry": {
      const from = /^there is no step (.*)$/s.exec(message)?.[1];
      // Another plan may have come with it, which the log does not hold.
      if (code === "STEP_UNKNOWN" || (from !== undefined && run.steps.has(from))) return undefined;
      // A run that could ask a planner was told so because there is none any more.
      const models = code === "NOTHING_TO_RETRY" ? { ...run.models, planner: null } : run.models;
      return { type: "retry", settings: run.settings, models, ...(from === undefined ? {} : { from }) };
    }
    case "cancel":
    case "pause":
    case "unpause":
      return { type: command, reason: "" };
    case "goal":
      return { type: "goal", reason: "", goal: GOALS[code] ?? run.goal };
    case "edit":
      return refusedEdit(run, code, message);
    case "approve":
      return { type: "approve", hash: hashMeant(run, message) ?? "" };
    case "reject": {
      const hash = hashMeant(run, message);
      return { type: "reject", comment: "", ...(hash === undefined ? {} : { hash }) };
    }
    case "respond":
    case "settle":
      if (code === "ANSWER_TYPE") return mistypedAnswer(run, command, message);
      // No doubt has the number 0: whichever is the present one, this command means another.
      return answerTo(command, refIn(message), null, code === "STALE_DOUBT" ? { doubt: 0 } : {});
    default:
      return undefined;
  }
}

/** Whatever they say, a run that has ended refuses them. */
const ANY: { readonly [type: string]: Command } = {
  approve: { type: "approve", hash: "" },
  reject: { type: "reject", comment: "" },
  respond: { type: "respond", step: "", value: null },
  settle: { type: "settle", step: "", verdict: "abort" },
  cancel: { type: "cancel", reason: "" },
  pause: { type: "pause", reason: "" },
  unpause: { type: "unpause", reason: "" },
  goal: { type: "goal", goal: "", reason: "" },
};

/** A goal that is refused for nothing but this. */
const GOALS: { readonly [code: string]: string } = { GOAL_INVALID: "" };

/** A plan that was refused for what it is does not stand in the log; that of any other refused edit was not read. */
function refusedEdit(run: Run, code: string, message: string): Command | undefined {
  const plan = currentPlan(run);
  if (code === "EDIT_INVALID" || plan === undefined) return undefined;
  const unread = { ...plan, inputs: run.inputs, tools: [...plan.tools.values()], findings: [] };
  const short = /^(.*) is a call: /s.exec(message)?.[1];
  const hash =
    code === "NOTHING_CHANGED"
      ? plan.hash
      : short === undefined
        ? hashMeant(run, message)
        : [...run.approvals.keys()].find((pending) => pending.startsWith(short));
  return { type: "edit", hash: hash ?? "", plan: unread };
}

/** The hash that a refusal speaks of; of one that nobody knows, the letters that it shows are as good as the whole. */
function hashMeant(run: Run, message: string): string | undefined {
  const approved = /^(.*) is approved already$/s.exec(message)?.[1];
  if (approved !== undefined) return [...run.granted.keys()].find((hash) => hash.startsWith(approved));
  const revision = /^revision (\d+) \(/.exec(message)?.[1];
  if (revision !== undefined) return run.plans.find((plan) => plan.revision === Number(revision))?.hash;
  return /^the hash (.*) is not what waits for approval/s.exec(message)?.[1];
}

/** The step that a refusal speaks of. */
function refIn(message: string): StepRef | undefined {
  const said =
    /^there is no (.*)$/s.exec(message)?.[1] ??
    /^(.*) (?:is [\w-]+; |was called again since)/s.exec(message)?.[1] ??
    "";
  const [, item, step] = /^item (\S+) of step (.*)$/s.exec(said) ?? [];
  if (step !== undefined) return { step, item: Number(item) };
  const plain = /^step (.*)$/s.exec(said)?.[1];
  return plain === undefined ? undefined : { step: plain };
}

function answerTo(
  type: "respond" | "settle",
  ref: StepRef | undefined,
  value: Json,
  more: { readonly doubt?: number } = {},
): Command | undefined {
  if (ref === undefined) return undefined;
  return type === "respond" ? { type, ...ref, value } : { type, ...ref, verdict: "happened", output: value, ...more };
}

/** An answer as wrong as the one that was refused: the message tells the value where the whole of it had the wrong type. */
function mistypedAnswer(run: Run, type: "respond" | "settle", message: string): Command | undefined {
  const value = valueShown(/, but is (.*)$/s.exec(message)?.[1] ?? "");
  if (value === undefined) return undefined;
  const fits = (work: Work) =>
    work.status === (type === "respond" ? "suspended" : "unknown") && typeProblem(work, value)?.message === message;
  for (const { work, items = [] } of run.steps.values()) {
    const asked = [work, ...items].find(fits);
    if (asked !== undefined) {
      const step = work.step.spec.id;
      return answerTo(type, asked.item === null ? { step } : { step, item: asked.item }, value);
    }
  }
  return undefined;
}

/** A value of which a message about types says so much. */
function valueShown(gist: string): Json | undefined {
  if (gist === "null") return null;
  if (gist === "a record") return {};
  const length = /^a list of (\d{1,6})$/.exec(gist)?.[1];
  if (length !== undefined) return new Array<Json>(Number(length)).fill(null);
  const scalar = /^the (?:string|number|boolean) (.*)$/s.exec(gist)?.[1];
  return scalar === undefined ? undefined : (JSON.parse(scalar) as Json);
}
