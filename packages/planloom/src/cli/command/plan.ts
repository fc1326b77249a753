// Commands about plans: plan, check, estimate, graph, schema. In: a goal, a file or a run. Out: documents on
// stdout. They start no run and write nothing to the store.
import { HTTP_EFFECTS, type HttpMethod } from "../../tools/http/http-method.js";
import { commandLine } from "../carried.js";
import { extname } from "node:path";
import type { LoomConfig } from "../../loom/config.js";
import type { Loom } from "../../loom/loom.js";
import { loadRun } from "../../engine/log.js";
import { messageOf } from "../../error.js";
import { currentPlan } from "../../run/lookup.js";
import { PlanloomError } from "../../words/planloom-error.js";
import { graphAscii, graphMermaid } from "../../plan/graph.js";
import type { Json } from "../../plan/json.js";
import type { Plan } from "../../plan/plan.js";
import type { ReadNote } from "../../plan/read/note-params.js";
import { writePlan } from "../../plan/write.js";
import type { Run } from "../../run/state.js";
import { noteMessage } from "../../words/notes.js";
import { scanJson } from "../../plan/read/notation/json.js";
import { isQualityRecord, nextFix, planQuality, type PlanQuality, type QualityRecord } from "../../words/quality.js";
import { planYaml } from "../compose.js";
import { usageError } from "../error-text.js";
import { EXIT } from "../exit-code.js";
import { answerSchemaIn } from "../answer-schema-file.js";
import { plannerIn, portsOf, type ModelFlags, type PlannerFlags } from "../flags.js";
import type { FoundConfig } from "../found-config.js";
import { declaredIn, inputsFromFlags, inputValues } from "../inputs.js";
import { tellModelNotes } from "../model-notes.js";
import { safeJson, print, printJson, printLines, printText, say, saveText, type RawFlags } from "../output.js";
import { checkTrust, withLoom, withStore, type StoreFlags, type Use } from "../open-loom.js";
import { findingLines } from "../../words/errors/plans.js";
import { checkText, meansFile, planText, precheckText, soundPlan, type PlanText } from "../plan-file.js";
import { askingLines, invalidLines } from "../render/asking.js";
import { estimateLine, estimateLines } from "../render/estimate.js";
import { planLines } from "../render/plan.js";
import { runNamed } from "../run-name.js";
import type { WaitParams } from "../../words/waits.js";
import { draftedText, heading, waitLine } from "../render/lines.js";
import { count, oneLine, paint } from "../style.js";
import { shellWord } from "../shell-word.js";

export async function planCommand(
  words: readonly string[],
  flags: StoreFlags &
    ModelFlags &
    PlannerFlags & {
      readonly output?: string;
      readonly input?: readonly string[];
      readonly partial?: boolean;
      readonly answerSchema?: string;
    },
): Promise<number> {
  const goal = words.join(" ").trim();
  if (goal === "") throw new PlanloomError("GOAL_EMPTY", { of: "plan" });
  const inputs = inputValues(await inputsFromFlags(flags.input ?? []));
  const answer = await answerSchemaIn(flags);
  const make = async (loom: Loom) => {
    tellModelNotes(loom);
    say(heading("PLANNING"));
    const tell = (draft: Parameters<typeof invalidLines>[0]) => invalidLines(draft).forEach((line) => say(line));
    const onDrafted = (step: { readonly step: Json }) => say(`  writes   ${draftedText(step)}`);
    const onWait = (wait: WaitParams) => say(waitLine(wait));
    const made = await loom.plan(goal, { inputs, ...answer, onInvalid: tell, onDrafted, onWait });
    // A plan that was paid for is printed even if earlier runs cannot be read.
    const none = (error: unknown) => `  estimate  none: ${oneLine(messageOf(error))}`;
    return { made, estimate: await loom.estimate(made).then(estimateLine, none) };
  };
  const { made, estimate } = await withLoom(flags, plannerIn(flags), make, portsOf(flags), {
    config: "drive",
    store: "if-there",
  });
  for (const line of planLines(made.plan, made.tools)) say(line);
  say(estimate);
  for (const line of askingLines(made.asking)) say(line);
  for (const line of findingLines(made.findings, "plan")) say(line);
  if (made.afterUntrusted !== undefined)
    say("The planner read text of the inputs. Look at the plan before you run it: its text does not say that.");
  const { output } = flags;
  const plan = flags.partial === true ? answeringPartly(made.plan) : made.plan;
  const text = await documentText(plan, output ?? "");
  if (output === undefined) printText(text);
  else {
    await saveText(output, text);
    say(`Written to ${output}; run it with: ${commandLine(["run", shellWord(output)])}`);
  }
  return EXIT.done;
}

const answeringPartly = (plan: Plan): Plan => ({ ...plan, answer: { ...plan.answer, onFailure: "partial" } });

/** These commands start no run: they leave no store behind. */
const READ: Use = { config: "read", store: "none", models: "not-called" };

const unchanged = <T>(config: T): T => config;

async function documentText(plan: Plan, file: string): Promise<string> {
  if ([".yaml", ".yml"].includes(extname(file).toLowerCase())) return planYaml(plan);
  return `${safeJson(writePlan(plan), 2)}\n`;
}

export async function checkCommand(
  path: string,
  flags: StoreFlags & ModelFlags & { readonly json?: boolean },
): Promise<number> {
  const text = await planText(path);
  const record = qualityRecordIn(text.text);
  if (record !== undefined) return checkRecord(record, flags);
  const check = async (loom: Loom, found: FoundConfig) => {
    const checked = await precheckText(loom, text);
    checkTrust(checked.findings, found);
    return checked;
  };
  const { notes, ...checked } = await withLoom(flags, unchanged, check, portsOf(flags), READ);
  const { ok, findings } = checked;
  const quality = planQuality(findings, ok ? checked.plan : undefined);
  for (const line of noteLines(notes)) say(`note: ${line}`);
  if (flags.json === true) printJson({ ok, findings, quality });
  else {
    printLines(findingLines(findings, text.name));
    for (const line of qualityLines(quality)) say(line);
    say(
      ok
        ? paint("green", `${text.name}: the plan is sound (${count(checked.plan.steps.length, "step")})`)
        : `${text.name}: the plan cannot run`,
    );
  }
  return ok ? EXIT.done : EXIT.plan;
}

/** A record of the checklist: { "steps_clear": true, … }, or `plan_quality = {"steps_clear": True, …}` of Python. */
function qualityRecordIn(text: string): QualityRecord | undefined {
  const begin = /^\s{0,80}(?:\w{1,80}\s{0,8}=\s{0,8})?(?=\{)/.exec(text)?.[0].length;
  if (begin === undefined) return undefined;
  const read = scanJson(text, begin);
  if (read.kind !== "value" || text.slice(read.end).trim() !== "") return undefined;
  return isQualityRecord(read.value) ? read.value : undefined;
}

function checkRecord(record: QualityRecord, { json }: { readonly json?: boolean }): number {
  const next = nextFix(record);
  if (json === true) printJson({ nextFix: next });
  else print(next);
  return Object.values(record).filter(Boolean).length === 3 ? EXIT.done : EXIT.plan;
}

function qualityLines({ stepsClear, orderDefined, handoffDefined, nextFix, faults }: PlanQuality): readonly string[] {
  const unnamed = faults.filter(({ about }) => about === "output").map(({ step }) => step);
  const answer = (yes: boolean): string => (yes ? paint("green", "yes") : paint("yellow", "no"));
  return [
    `  steps clear ${answer(stepsClear)}, order defined ${answer(orderDefined)}, hand-off defined ${answer(handoffDefined)}`,
    `  next fix  ${oneLine(nextFix, 600)}`,
    ...(unnamed.length === 0 ? [] : [`  advice    no output named: ${oneLine(unnamed.join(", "), 400)}`]),
  ];
}

/** One line for each kind of note: the first of its kind, and how many more there are. */
function noteLines(notes: readonly ReadNote[]): readonly string[] {
  const kinds = [...new Set(notes.map(({ code }) => code))];
  return kinds.map((kind) => {
    const [first, ...others] = notes.filter(({ code }) => code === kind);
    return `${noteText(first!)}${others.length === 0 ? "" : ` (and ${others.length} more of this kind)`}`;
  });
}

function noteText(note: ReadNote): string {
  const message = noteMessage(note);
  return oneLine(note.pointer === "" ? message : `${note.pointer}: ${message}`);
}

interface EstimateFlags extends StoreFlags, ModelFlags {
  readonly input?: readonly string[];
  readonly json?: boolean;
}

export async function estimateCommand(path: string, flags: EstimateFlags): Promise<number> {
  const text = await planText(path);
  // Without inputs, the inputs of the plan are simply unknown.
  const given = flags.input?.length ? await inputsFromFlags(flags.input) : undefined;
  const inputs = given && inputValues(given, declaredIn(text.text));
  const estimated = async (loom: Loom) => {
    const checked = await checkText(loom, text, inputs && { inputs });
    for (const line of noteLines(checked.notes)) say(`note: ${line}`);
    soundPlan(checked, text.name);
    return loom.estimate(checked);
  };
  const use: Use = { ...READ, store: "if-there" };
  const estimate = await withLoom(flags, unchanged, estimated, portsOf(flags), use);
  if (flags.json === true) printJson(estimate);
  else printLines(estimateLines(estimate));
  return EXIT.done;
}

export async function graphCommand(
  name: string,
  flags: StoreFlags & ModelFlags & RawFlags & { readonly format: string },
): Promise<number> {
  const draw = { mermaid: graphMermaid, ascii: graphAscii }[flags.format];
  if (draw === undefined) throw usageError(`--format is ${flags.format}.`, "Write mermaid or ascii.");
  if (name === "-" || (await meansFile(name))) {
    printText(draw(await planToDraw(await planText(name), flags)), flags);
    return EXIT.done;
  }
  const run = await withStore(flags, async (store, storeName) =>
    loadRun(store, await runNamed(store, name, storeName)),
  );
  printText(
    draw(planOf(run), (id) => run.execution.steps.get(id)?.work.status),
    flags,
  );
  return EXIT.done;
}

/** A drawing calls no tool, so a plan is also drawn where its built-in tools are not set up. */
async function planToDraw(text: PlanText, flags: StoreFlags & ModelFlags): Promise<Plan> {
  const checkedWith = (change: (config: LoomConfig) => LoomConfig) =>
    withLoom(flags, change, (loom) => checkText(loom, text), portsOf(flags), READ);
  const checked = await checkedWith(unchanged);
  if (checked.ok || !checked.findings.some(({ code }) => code === "TOOL_NOT_SET_UP"))
    return soundPlan(checked, text.name).plan;
  const again = await checkedWith(withAllBuiltins);
  return soundPlan(again.ok ? again : checked, text.name).plan;
}

/** The configuration with every built-in tool, for a command that calls none. */
function withAllBuiltins(config: LoomConfig): LoomConfig {
  const { search, files, fetch, sql, http } = config.builtins ?? {};
  const folder = process.cwd();
  const builtins = {
    search: search ?? { folder },
    files: { ...(files ?? { roots: [folder] }), write: true },
    fetch: fetch === undefined || fetch === false ? true : fetch,
    sql: { databases: {}, ...sql, write: true },
    http: { hosts: ["example.com"], ...http, methods: Object.keys(HTTP_EFFECTS) as HttpMethod[] },
  };
  const models = { ...config.models, executor: config.models?.executor ?? config.models?.default ?? "none" };
  return { ...config, builtins, models };
}

function planOf(run: Run): Plan {
  const proposed = currentPlan(run);
  if (proposed !== undefined) return proposed.plan;
  throw new PlanloomError("NO_PLAN", { runId: run.id });
}

export async function schemaCommand(): Promise<number> {
  const { planJsonSchema } = await import("../../plan/schema-document.js");
  printJson(planJsonSchema());
  return EXIT.done;
}
