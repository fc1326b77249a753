// `planloom retry` and `planloom fork`. In: an ended run, and the options. Out: a preview of the results that will be
// reused; then the rest of the run, or of the new one. Nothing changes before a person has agreed to calls that may act
// a second time.
import type { Loom } from "../../loom/loom.js";
import type { LoomRun } from "../../loom/loom-run.js";
import type { Json } from "../../plan/json.js";
import type { InputTrust } from "../../plan/label.js";
import type { CheckedPlan } from "../../run/command.js";
import type { RetryPreview } from "../../run/decide/retry.js";
import type { WordedRefusal } from "../../loom/worded-reply.js";
import { currentPlan } from "../../run/lookup.js";
import { driveToEnd, openFollower, tell } from "../drive.js";
import { printError, sayProblem } from "../error-text.js";
import { EXIT } from "../exit-code.js";
import { settingsIn, type RunFlags } from "../flags.js";
import { declaredIn, inputsFromFlags, inputValues, trustIn } from "../inputs.js";
import { atTerminal, printJson, say } from "../output.js";
import { checkedPlan, checkedText, planText, standardInput, type PlanText } from "../plan-file.js";
import { openTerminal } from "../prompt.js";
import { waitingLines } from "../render/end.js";
import { heading } from "../render/lines.js";
import { retryLines, type ShownPlan } from "../render/retry.js";
import { refusalProblem } from "../refusal.js";
import { withRunLoom } from "../run-loom.js";
import { paint } from "../style.js";

interface RetryFlags extends RunFlags {
  /** A plan file, or `-`. */
  readonly plan?: string;
  readonly dryRun?: boolean;
}

interface Changes {
  readonly inputs?: { readonly [name: string]: Json };
  readonly trust?: { readonly [input: string]: InputTrust };
  readonly plan?: unknown;
}

/** A verb with its own option. */
interface Verb {
  readonly name: "retry" | "fork";
  preview(run: LoomRun, changes: Changes): Promise<RetryPreview | WordedRefusal>;
  /** `agreed` is the hash of a plan that needs no further approval. */
  go(loom: Loom, run: LoomRun, changes: Changes, agreed: string | undefined): Promise<number>;
}

/** `run` is false with --no-run: the command is only recorded. */
export async function retryCommand(
  name: string,
  flags: RetryFlags & { readonly from?: string; readonly feedback?: string; readonly run?: boolean },
): Promise<number> {
  const { feedback } = flags;
  const said = feedback === "-" ? (await standardInput()).trim() : feedback;
  const from = {
    ...(flags.from === undefined ? {} : { from: flags.from }),
    ...(said === undefined ? {} : { feedback: said }),
  };
  return retryOrFork(name, flags, {
    name: "retry",
    preview: (run, changes) => run.previewRetry({ ...changes, ...from }),
    go: (loom, { id }, changes, agreed) =>
      tell(loom, id, withAgreed(flags, agreed), (run, how) => run.retry({ ...changes, ...from, ...how })),
  });
}

export async function forkCommand(name: string, flags: RetryFlags & { readonly at: string }): Promise<number> {
  const { at } = flags;
  return retryOrFork(name, flags, {
    name: "fork",
    preview: (run, changes) => run.previewFork({ ...changes, at }),
    go: async (loom, run, changes, agreed) => {
      const follower = await openFollower(flags);
      return driveToEnd(loom, follower, withAgreed(flags, agreed), () => run.fork({ ...changes, at }, follower));
    },
  });
}

const withAgreed = (flags: RetryFlags, agreed: string | undefined): RetryFlags & { readonly agreed?: string } =>
  agreed === undefined ? flags : { ...flags, agreed };

async function retryOrFork(name: string, flags: RetryFlags, verb: Verb): Promise<number> {
  const given = (flags.input ?? []).length === 0 ? undefined : await inputsFromFlags(flags.input!);
  const text = flags.plan === undefined ? undefined : await planText(flags.plan);
  const work = async (loom: Loom, runId: string): Promise<number> => {
    const run = await loom.get(runId);
    const declared =
      text === undefined ? currentPlan(await loom.engine.load(run.id))?.plan.inputs : declaredIn(text.text);
    const inputs = given && inputValues(given, declared);
    const { shown, plan } = await planMeant(loom, run, text, inputs, verb.name === "fork");
    const trust = trustIn(flags);
    const said = Object.keys(trust).length === 0 ? {} : { trust };
    const changes = { ...(inputs && { inputs }), ...said, ...(plan && { plan }) };
    const parts = await verb.preview(run, changes);
    if (!parts.ok) return refused(run, parts, flags);
    const asks = parts.actAgain.length > 0 && flags.yes !== true;
    if (flags.json === true && (flags.dryRun === true || (asks && !atTerminal())))
      printJson({ runId: run.id, ...parts });
    if (flags.dryRun === true || flags.quiet !== true || asks) {
      say(heading(verb.name.toUpperCase()));
      say(`  ${verb.name === "fork" ? "from run" : "run"} ${run.id}`);
      for (const line of retryLines(parts, shown, verb.name, run.id)) say(line);
    }
    if (flags.dryRun === true) return EXIT.done;
    if (!asks) return verb.go(loom, run, changes, undefined);
    const no = await askToGoOn();
    return no ?? verb.go(loom, run, changes, shown?.hash);
  };
  return withRunLoom(name, flags, settingsIn(flags), work);
}

/** The plan to continue with. `plan` is set if it is not simply the run's own. Throws PROCESS_LACKS, PLAN_INVALID. */
async function planMeant(
  loom: Loom,
  run: LoomRun,
  text: PlanText | undefined,
  inputs: Changes["inputs"],
  isFork: boolean,
): Promise<{ readonly shown: ShownPlan | undefined; readonly plan?: CheckedPlan }> {
  const state = await loom.engine.load(run.id);
  const aim = { goal: state.request.goal, inputs: { ...state.request.inputs, ...inputs } };
  const current = currentPlan(state);
  if (text === undefined && (current === undefined || (inputs === undefined && !isFork))) {
    return {
      shown:
        current === undefined
          ? undefined
          : { ...current, tools: [...current.tools.values()], inputs: state.request.inputs },
    };
  }
  const plan = await (text === undefined
    ? checkedPlan(loom, current!.plan, state, aim)
    : checkedText(loom, text, { ...aim, run: state }));
  return { shown: plan, plan };
}

/** undefined if the person at the terminal agrees; else the exit code, and nothing has changed. */
async function askToGoOn(): Promise<number | undefined> {
  if (!atTerminal()) {
    say("Nothing was begun, because steps may act again. If they may, give the same command with --yes.");
    return EXIT.waiting;
  }
  const word = await openTerminal().ask(
    `${paint("bold", "Steps may act again. Go on?")} [y]es or [n]o: `,
    new AbortController().signal,
  );
  if (word !== undefined && /^y/i.test(word)) return undefined;
  say("Nothing was begun.");
  return word === undefined ? EXIT.interrupted : EXIT.rejected;
}

/** A run that waits for a person says for what, so that nobody takes the refusal for a fault. */
async function refused(run: LoomRun, refusal: WordedRefusal, { json }: RetryFlags): Promise<number> {
  const problem = refusalProblem(run.id, refusal);
  sayProblem(problem);
  const { waiting } = await run.document();
  if (waiting !== undefined) for (const line of waitingLines(run.id, waiting)) say(line);
  if (json === true) printError(problem);
  return EXIT.usage;
}
