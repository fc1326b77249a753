// `planloom replay RUN`, `planloom run --record` and `--from-recording`. In: a run's name, or a recording. Out: the run
// rebuilt from its log, a recording, or a played run. Nothing is called.
import { commandLine } from "../carried.js";
import type { LoomConfig } from "../../loom/config.js";
import { loadRun, readLog } from "../../engine/log.js";
import { readRecording, recordingOf, type Recording } from "../../engine/recording.js";
import { replayRecording } from "../../recording/replay-recording.js";
import type { Json } from "../../plan/json.js";
import { documentOf } from "../../loom/document.js";
import { PlanloomError } from "../../words/planloom-error.js";
import type { Difference } from "../../run/log/decisions.js";
import { replay, type Replayed } from "../../run/log/replay.js";
import { openFollower } from "../drive.js";
import { EXIT } from "../exit-code.js";
import type { RunFlags } from "../flags.js";
import { declaredIn, inputsFromFlags, inputValues, type DeclaredInputs } from "../inputs.js";
import { printJson, printLines, safeJson, savePrivateText, say } from "../output.js";
import { configOf, withStore, type StoreFlags } from "../open-loom.js";
import { meansFile, planText } from "../plan-file.js";
import { printAnswer } from "../render/end.js";
import { traceLines } from "../render/trace.js";
import { runNamed } from "../run-name.js";
import { count, oneLine } from "../style.js";
import { traceOf } from "../../loom/trace.js";
import { showLines } from "./read.js";
import { cliSurface } from "../surface.js";
import { shellWord } from "../shell-word.js";

interface ReplayFlags extends StoreFlags {
  readonly strict?: boolean;
  readonly json?: boolean;
  readonly record?: string;
}

export async function replayCommand(name: string, { strict, json, record, ...flags }: ReplayFlags): Promise<number> {
  return withStore(flags, async (store, where) => {
    const runId = await runNamed(store, name, where);
    const run = await loadRun(store, runId);
    const events = await readLog(store, runId);
    const trace = traceOf(events, await store.readRunJournal(runId));
    const replayed = strict === true ? replay(await store.read(runId)) : undefined;
    if (json === true)
      printJson({ ...documentOf(run, cliSurface), trace, ...(replayed === undefined ? {} : saidOf(replayed)) });
    else printLines(showLines(run, traceLines(trace, events)));
    say(`Rebuilt from the ${count(events.length, "event")} of its log; nothing was called.`);
    if (record !== undefined) await saveRecording(await recordingOf(store, runId), record);
    return replayed === undefined ? EXIT.done : judged(runId, replayed);
  });
}

/** The JSON output of a strict replay. */
function saidOf({ differences, policyDifferences }: Replayed) {
  return { differences, policyDifferences: policyDifferences.map((found) => ({ code: "POLICY_DIFFERS", ...found })) };
}

/** Throws REPLAY_DIFFERS. */
function judged(runId: string, { differences, policyDifferences }: Replayed): number {
  if (differences.length > 0) throw new PlanloomError("REPLAY_DIFFERS", { runId, differences });
  if (policyDifferences.length === 0) say("Every decision was made again by the kernel, with no difference.");
  else policyLines(policyDifferences).forEach((line) => say(line));
  return EXIT.done;
}

function policyLines(found: readonly Difference[]): readonly string[] {
  const lines = found.slice(0, LINES).map(({ seq, field, recorded, replayed }) => {
    return `  event ${seq}, ${field}: recorded ${valueText(recorded)}, today ${valueText(replayed)}`;
  });
  return [
    `POLICY_DIFFERS: another version of Planloom made ${count(found.length, "decision")} that this one would not make. The log is sound.`,
    ...lines,
    ...(found.length > LINES ? [`  and ${found.length - LINES} more`] : []),
  ];
}

const LINES = 10;
const valueText = (value: Json): string => oneLine(JSON.stringify(value), 200);

export async function saveRecording(recording: Recording, file: string): Promise<void> {
  await savePrivateText(file, `${safeJson(recording, 2)}\n`, recording.runId);
  say(`Recorded in ${file}; as a test: ${commandLine(["run", `--from-recording ${shellWord(file)}`])}`);
}

/** Plays the recorded run. A plan file or a goal after `run` replaces the recorded one. */
export async function playCommand(words: readonly string[], file: string, flags: RunFlags): Promise<number> {
  const { config } = await configOf(flags, "read");
  const follower = await openFollower(flags);
  const aim = await aimOf(words);
  const options = { ...aim, ...(await inputsIn(flags, aim.plan, file)), listener: follower };
  const document = await replayRecording(file, isConfigured(config) ? { ...options, config } : options).finally(() =>
    follower.rest(),
  );
  if (flags.json === true) printJson(document);
  else if (flags.jsonl !== true && document.status === "completed") printAnswer(document.answer, flags);
  say(`As recorded in ${file}: ${document.status}. No model and no tool was called.`);
  return EXIT.done;
}

async function aimOf(words: readonly string[]): Promise<{ readonly plan?: string; readonly goal?: string }> {
  const goal = words.join(" ").trim();
  if (goal === "") return {};
  return goal === "-" || (await meansFile(goal)) ? { plan: (await planText(goal, "orGoal")).text } : { goal };
}

async function inputsIn({ input = [] }: RunFlags, plan: string | undefined, file: string) {
  if (input.length === 0) return {};
  const given = await inputsFromFlags(input);
  return {
    inputs: inputValues(given, plan === undefined ? recordedTypes(await readRecording(file)) : declaredIn(plan)),
  };
}

/** The types of the inputs, as the first plan of the recording declares them. */
function recordedTypes({ events }: Recording): DeclaredInputs {
  const proposed = events.find((event) => event.type === "plan.proposed");
  return proposed?.data.plan.inputs ?? {};
}

/** Without a configuration, the tools are those of the recording. */
const isConfigured = (config: LoomConfig): boolean => Object.keys(config).some((key) => key !== "store");
