// The playbooks of a project: lists, saves, opens and approves them. In: names and runs. Out: documents. A playbook is
// an ordinary plan in a file. Its standing approval stands in a list of the user, outside of the project.
import {
  dropApproval,
  isApprovalOf,
  keepApproval,
  standingApprovals,
  type StandingApproval,
} from "../../files/standing-approvals.js";
import { hashOf } from "../../plan/hash.js";
import { canonicalJson, type Json, type JsonObject } from "../../plan/json.js";
import { programHash } from "../../plan/plan-hash.js";
import type { Plan } from "../../plan/plan.js";
import { fittingPlaybook } from "../../plan/playbook/fitting.js";
import { withValues } from "../../plan/playbook/places.js";
import type { ProposedInput } from "../../plan/playbook/proposals.js";
import { openInputs } from "../../plan/playbook/standing.js";
import type { ToolSpec } from "../../plan/tool-spec.js";
import type { InputTrust } from "../../plan/label.js";
import type { CheckedPlan } from "../../run/command.js";
import type { PlaybookChange, RecordedPlaybook } from "../../run/recorded-playbook.js";
import type { Run } from "../../run/state.js";
import type { ListedRun } from "../../store/event-store.js";
import { PlanloomError } from "../../words/planloom-error.js";
import type { WordedCheck } from "../plan-checks.js";
import {
  playbookFile,
  playbookFiles,
  playbookGoals,
  playbookText,
  realFolder,
  soundName,
  writePlaybook,
  type PlaybookPlace,
} from "./folder.js";
import { assertInputs } from "./inputs.js";
import { playbookDocument, playbookYaml, proposalsOf, type PlaybookInput, type PlaybookNote } from "./saving.js";

type Values = { readonly [name: string]: Json };

/** A playbook as it stands in its file, checked against the tools of now. */
export interface Playbook {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  /** Its plan, if it passes check; else the findings. */
  readonly check: WordedCheck;
  /** The standing approval; null if there is none, or if it does not fit the program any more (`lost`). */
  readonly standing: StandingApproval | null;
  readonly lost: readonly PlaybookChange[];
}

/** One row of the list. `problem`: the file cannot be read. */
export interface PlaybookRow {
  readonly name: string;
  readonly file: string;
  readonly playbook?: Playbook;
  readonly problem?: PlanloomError;
  /** Its last runs, the newest first. */
  readonly runs: readonly ListedRun[];
}

export interface SavedPlaybook {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly plan: Plan;
  readonly notes: readonly PlaybookNote[];
}

export interface SaveOptions {
  readonly as: string;
  /**
   * The inputs that are confirmed: proposals by name, or literals by place. `proposed`: all that are proposed. An empty
   * list: every literal stays as it is.
   */
  readonly inputs?: readonly PlaybookInput[] | "proposed";
  /** Replaces a playbook of this name. */
  readonly force?: boolean;
}

export interface StandingOptions {
  /** Who gives it. */
  readonly by: string;
  /** The inputs that stay free. The others are fixed to these values, or to their defaults. */
  readonly free?: readonly string[];
  readonly fixed?: Values;
  /** ms since 1970. */
  readonly until?: number;
}

/** What a run from a playbook starts with. */
export interface OpenedPlaybook {
  readonly goal: string;
  readonly plan: CheckedPlan;
  readonly recorded: RecordedPlaybook;
}

export interface PlaybookHome {
  readonly place: PlaybookPlace;
  /** The file of the user's standing approvals. */
  readonly approvals: string;
  /** Checks a plan after the servers that it names are open. */
  check(
    plan: unknown,
    of: { readonly goal: string; readonly inputs?: Values; readonly answer?: JsonObject },
  ): Promise<WordedCheck>;
  load(runId: string): Promise<Run>;
  runsOf(playbook: string, limit: number): Promise<readonly ListedRun[]>;
  /** The text without values of secrets. */
  withoutSecrets(text: string): string;
  now(): number;
}

const LAST_RUNS = 5;

export class Playbooks {
  constructor(private readonly home: PlaybookHome) {}

  get folder(): string {
    return this.home.place.folder;
  }

  /** The names of the playbooks, each once. Reads no file. */
  names(): readonly string[] {
    return [...new Set(playbookFiles(this.home.place).map(({ name }) => name))];
  }

  /** The playbook that fits a goal in words, by a rule. It starts nothing. */
  fitting(goal: string): string | undefined {
    return fittingPlaybook(goal, playbookGoals(this.home.place));
  }

  /** All playbooks with their last runs. A file that cannot be used is a row with its problem. */
  async list(): Promise<readonly PlaybookRow[]> {
    const files = playbookFiles(this.home.place).filter(({ name }, at, all) => all[at - 1]?.name !== name);
    return Promise.all(
      files.map(async ({ name, file }) => {
        const runs = await this.home.runsOf(name, LAST_RUNS);
        const read = await this.get(name).catch((error: unknown) => {
          if (error instanceof PlanloomError) return error;
          throw error;
        });
        return { name, file, runs, ...(read instanceof PlanloomError ? { problem: read } : { playbook: read }) };
      }),
    );
  }

  /** Rejects with PLAYBOOK_NAME, PLAYBOOK_UNKNOWN, PLAYBOOK_FILE. */
  async get(name: string): Promise<Playbook> {
    const file = playbookFile(this.home.place, name);
    const text = playbookText(this.home.place, file);
    const check = await this.home.check(text, { goal: goalOf(name) });
    const given = this.standingOf(name);
    const lost = given === undefined || !check.ok ? [] : this.changesIn(given, check);
    return { name, file, text, check, standing: lost.length === 0 ? (given ?? null) : null, lost };
  }

  /** The inputs that the rule proposes for the plan of a run. Rejects with PLAYBOOK_NOT_SAVED. */
  async propose(runId: string): Promise<readonly ProposedInput[]> {
    return proposalsOf(await this.home.load(runId));
  }

  /**
   * Saves the plan of a run as a playbook. Rejects with PLAYBOOK_NAME, PLAYBOOK_NOT_SAVED, PLAYBOOK_UNCONFIRMED,
   * PLAYBOOK_CHOICE, PLAYBOOK_EXISTS, PLAYBOOK_FILE, FILE_UNWRITABLE.
   */
  async save(runId: string, { as: name, inputs, force = false }: SaveOptions): Promise<SavedPlaybook> {
    soundName(name);
    const made = await this.preview(runId, { as: name, ...(inputs !== undefined && { inputs }) });
    const file = writePlaybook(this.home.place, name, made.text, force);
    if (file !== undefined) return { ...made, file };
    throw new PlanloomError("PLAYBOOK_EXISTS", { name, file: playbookFile(this.home.place, name), runId });
  }

  /** The same without the file: what would be saved. Rejects as `save`. */
  async preview(runId: string, { as: name, inputs }: SaveOptions): Promise<Omit<SavedPlaybook, "file">> {
    const refuse = (because: "secret" | "invalid", problems: readonly string[] = []) =>
      new PlanloomError("PLAYBOOK_NOT_SAVED", { runId, because, problems });
    const { document, notes } = playbookDocument(await this.home.load(runId), inputs);
    const text = await playbookYaml(document, { name, runId, at: this.home.now() });
    if (this.home.withoutSecrets(text) !== text) throw refuse("secret");
    const check = await this.home.check(text, { goal: goalOf(name) });
    if (!check.ok)
      throw refuse(
        "invalid",
        check.findings.map(({ message, where }) => `${where.pointer}: ${message}`),
      );
    return { name, text, plan: check.plan, notes };
  }

  /**
   * The plan of a run from a playbook, with the goal that says its values. Rejects with PLAN_INVALID, PLAYBOOK_INPUT
   * and the errors of `get`.
   */
  async open(
    name: string,
    { inputs, trust, answer }: { inputs: Values; trust: { readonly [name: string]: InputTrust }; answer?: JsonObject },
  ): Promise<OpenedPlaybook> {
    const { check, text, file } = await this.get(name);
    const invalid = (findings: WordedCheck["findings"]) =>
      new PlanloomError("PLAN_INVALID", { findings, source: { from: "file", name: file } });
    if (!check.ok) throw invalid(check.findings);
    assertInputs(name, check.plan, inputs);
    const checked = await this.home.check(text, { goal: goalOf(name), inputs, ...(answer && { answer }) });
    if (!checked.ok) throw invalid(checked.findings);
    const goal = withValues(checked.plan.goal, checked.plan, checked.inputs, trust);
    const given = this.standingOf(name);
    const changed = given === undefined ? [] : this.changesIn(given, checked, checked.inputs);
    const standing =
      given === undefined
        ? {}
        : {
            standing:
              changed.length > 0 ? { changed } : { by: given.by, at: given.at, fixed: Object.keys(given.fixed) },
          };
    return { goal, plan: checked, recorded: { name, hash: programHash(checked.plan, checked.tools), ...standing } };
  }

  /**
   * Gives a playbook a standing approval: its program, with each input fixed or free. Rejects with PLAN_INVALID,
   * PLAYBOOK_INPUT, PLAYBOOK_INPUT_FREE, PLAYBOOK_APPROVALS_FAILED and the errors of `get`.
   */
  async approve(name: string, { by, free = [], fixed = {}, until }: StandingOptions): Promise<StandingApproval> {
    const { check, file } = await this.get(name);
    if (!check.ok)
      throw new PlanloomError("PLAN_INVALID", { findings: check.findings, source: { from: "file", name: file } });
    const { plan, tools } = check;
    const values = fixedValues(name, plan, free, fixed);
    const open = openInputs(plan, tools, free);
    if (open.length > 0) throw new PlanloomError("PLAYBOOK_INPUT_FREE", { playbook: name, open });
    const approval: StandingApproval = {
      folder: realFolder(this.home.place),
      playbook: name,
      ...hashesOf(plan, tools),
      fixed: values,
      by,
      at: this.home.now(),
      ...(until !== undefined && { until }),
    };
    keepApproval(this.home.approvals, approval);
    return approval;
  }

  /** Takes the standing approval back. Returns whether there was one. The playbook need not exist any more. */
  revoke(name: string): boolean {
    return dropApproval(this.home.approvals, { folder: realFolder(this.home.place), playbook: name });
  }

  private standingOf(playbook: string): StandingApproval | undefined {
    const named = { folder: realFolder(this.home.place), playbook };
    return standingApprovals(this.home.approvals).find(isApprovalOf(named));
  }

  private changesIn(given: StandingApproval, { plan, tools }: CheckedPlan, inputs?: Values): readonly PlaybookChange[] {
    const { until } = given;
    return [
      ...programChanges(given, plan, tools),
      ...(inputs === undefined ? [] : inputChanges(given, inputs)),
      ...(until !== undefined && until <= this.home.now() ? [{ what: "expired" as const, at: until }] : []),
    ];
  }
}

const goalOf = (name: string): string => `Run the playbook ${name}`;

const hashesOf = (plan: Plan, tools: readonly ToolSpec[]) => ({
  program: programHash(plan, tools),
  plan: hashOf({ plan }),
  tools: Object.fromEntries(tools.map((tool) => [tool.name, hashOf(tool as unknown as JsonObject)])),
});

function programChanges(given: StandingApproval, plan: Plan, tools: readonly ToolSpec[]): readonly PlaybookChange[] {
  const now = hashesOf(plan, tools);
  if (now.program === given.program) return [];
  const names = [...new Set([...Object.keys(given.tools), ...Object.keys(now.tools)])];
  const changed = names.filter((name) => given.tools[name] !== now.tools[name]);
  const ofPlan = now.plan === given.plan && changed.length > 0 ? [] : [{ what: "plan" as const }];
  return [...ofPlan, ...changed.map((tool) => ({ what: "tool" as const, tool }))];
}

const inputChanges = ({ fixed }: StandingApproval, inputs: Values): readonly PlaybookChange[] =>
  Object.entries(fixed)
    .filter(([name, value]) => canonicalJson(inputs[name] ?? null) !== canonicalJson(value))
    .map(([input]) => ({ what: "input", input }));

/** The value of each input that is not free. Throws PLAYBOOK_INPUT. */
function fixedValues(name: string, plan: Plan, free: readonly string[], fixed: Values): Values {
  const usual = (input: string): Json | undefined =>
    Object.hasOwn(fixed, input) ? fixed[input] : plan.inputs[input]?.default;
  const unknown = Object.fromEntries(
    free.filter((input) => !Object.hasOwn(plan.inputs, input)).map((one) => [one, null]),
  );
  const kept = Object.keys(plan.inputs).filter((input) => !free.includes(input));
  const values = Object.fromEntries(
    kept.flatMap((input) => (usual(input) === undefined ? [] : [[input, usual(input)!]])),
  );
  const declared = Object.fromEntries(kept.map((input) => [input, plan.inputs[input]!]));
  assertInputs(name, { inputs: declared }, { ...unknown, ...fixed, ...values });
  return values;
}
