// An agent in one line: roles, tools and approval by name. In: an AgentConfig. Out: an Agent that runs goals and takes
// approvals. It is a Loom that opens itself when it is first used.
import { PlanloomError } from "../words/planloom-error.js";
import type { LoomConfig } from "./config.js";
import type { ModelsConfig, RoleConfig } from "./config-models.js";
import { createLoom } from "./create-loom.js";
import type { Schema } from "../tools/schema.js";
import type { AnswerOf } from "./answer-schema.js";
import type { RunDocument } from "./document.js";
import type { Loom, StartOptions } from "./loom.js";
import type { LoomRun } from "./loom-run.js";
import type { WordedReply } from "./worded-reply.js";

/** Every setting of a loom, with the models of the roles beside them. */
export interface AgentConfig<C = unknown> extends Omit<LoomConfig<C>, "models" | "planner" | "approval"> {
  /** The model of all roles that are not given. Default: the PLANLOOM_* and OPENAI_* variables. */
  readonly model?: RoleConfig<C>;
  readonly planner?: ModelsConfig<C>["planner"];
  readonly executor?: RoleConfig<C>;
  readonly synthesizer?: RoleConfig<C>;
  /** true: every plan waits for a person (`always`). false: none does (`never`). Default: false. */
  readonly approval?: boolean | NonNullable<LoomConfig<C>["approval"]>;
}

/**
 * A run, by its id or by a document of it. A decision with a document is about what waits in that document: a later
 * plan, which it does not show, is not approved with it.
 */
type Named = string | Pick<RunDocument, "runId" | "waiting">;

interface DecisionOptions {
  /** Names one of several things that wait. */
  readonly hash?: string;
  /** The author, for the log. */
  readonly by?: string;
}

interface Agent<C = unknown> {
  /** Pursues a goal until the run ends or needs a person: see `status` and `waiting`. */
  run<S extends Schema>(
    goal: string,
    options: StartOptions<C> & { readonly answer: S },
  ): Promise<RunDocument<AnswerOf<S>>>;
  run(goal: string, options?: StartOptions<C>): Promise<RunDocument>;
  /**
   * Approves what waits, the plan or a call, and drives the run on as `run` does. Any process with the same store can
   * do so. Rejects with WHICH_APPROVAL if several things wait, and with COMMAND_REFUSED if nothing does.
   */
  approve(
    run: Named,
    options?: DecisionOptions & { readonly comment?: string; readonly calls?: boolean },
  ): Promise<RunDocument>;
  /**
   * Rejects what waits, and drives the run on as `run` does. After a rejected plan the planner writes another one with
   * this feedback. Its promise rejects as that of `approve`.
   */
  reject(run: Named, feedback: string, options?: DecisionOptions): Promise<RunDocument>;
  /** A run, with all its commands. */
  get(run: Named): Promise<LoomRun>;
  /** The loom behind the agent: plans, checks, estimates, lists of runs. */
  loom(): Promise<Loom<C>>;
  /** Releases the runs and closes the store, if the agent was used. */
  close(): Promise<void>;
}

/** An agent with these roles and tools. Nothing is opened before its first call, which rejects as createLoom does. */
export function agent<C = unknown>(config: AgentConfig<C> = {}): Agent<C> {
  let opened: Promise<Loom<C>> | undefined;
  const opening = async (): Promise<Loom<C>> => {
    try {
      return await open(config);
    } catch (error) {
      // The next call tries again: a store may have been locked, or a key not yet set.
      opened = undefined;
      throw error;
    }
  };
  const loom = (): Promise<Loom<C>> => (opened ??= opening());
  const get = async (run: Named): Promise<LoomRun> => (await loom()).get(typeof run === "string" ? run : run.runId);
  return {
    loom,
    get,
    run: (async (goal: string, options?: StartOptions<C>) => (await loom()).run(goal, options)) as Agent<C>["run"],
    async approve(named, given = {}) {
      const { hash, ...options } = await sound(given, "approve");
      const run = await get(named);
      return decided(run, await run.approve(hash ?? (await waitingHash(run, named)), options));
    },
    async reject(named, feedback, given = {}) {
      const { hash, ...options } = await sound(given, "reject");
      const run = await get(named);
      return decided(run, await run.reject(feedback, { ...options, hash: hash ?? (await waitingHash(run, named)) }));
    },
    async close() {
      await (await opened)?.close();
    },
  };
}

/** Importing an agent is as cheap as importing createLoom. */
async function sound<T extends object>(options: T, call: string): Promise<T> {
  const { soundOptions } = await import("./known-options.js");
  return soundOptions(options, call);
}

/** Rejects as createLoom does. */
async function open<C>(config: AgentConfig<C>): Promise<Loom<C>> {
  await sound(config, "agent");
  const { model, planner, executor, synthesizer, approval, ...settings } = config;
  if (Object.hasOwn(settings, "models")) {
    const write = "model, planner, executor or synthesizer beside the other settings";
    throw new PlanloomError("CONFIG_INVALID", {
      setting: "models",
      problem: "unknown",
      wanted: { is: "instead", write },
    });
  }
  const given = { default: model, planner, executor, synthesizer };
  const models = Object.fromEntries(Object.entries(given).filter(([, role]) => role !== undefined));
  const policy = typeof approval === "boolean" ? (approval ? "always" : "never") : approval;
  return createLoom({ ...settings, models, ...(policy === undefined ? {} : { approval: policy }) });
}

const shownHashes = (named: Named): readonly string[] =>
  typeof named === "string" ? [] : (named.waiting?.approvals ?? []).map(({ hash }) => hash);

/** The hash of what waits in the document that was given, else in the run; "" if nothing does, which the run refuses. */
async function waitingHash(run: LoomRun, named: Named): Promise<string> {
  const shown = shownHashes(named);
  const { waiting } = shown.length > 0 ? {} : await run.document();
  const hashes = shown.length > 0 ? shown : (waiting?.approvals ?? []).map(({ hash }) => hash);
  if (hashes.length > 1) throw new PlanloomError("WHICH_APPROVAL", { runId: run.id, hashes });
  return hashes[0] ?? "";
}

async function decided(run: LoomRun, reply: WordedReply): Promise<RunDocument> {
  if (reply.ok) return run.result();
  const { code: refused, message } = reply;
  throw new PlanloomError("COMMAND_REFUSED", { runId: run.id, refused, message });
}
