// `planloom models`: the model of each role, and the request form for JSON that its server accepts. In: the
// configuration and the environment. Out: lines, or JSON. `models test` sends real requests and stores the form that
// works.
import { settingsOf } from "../../loom/config.js";
import { keeperBeside, rolesOf } from "../../loom/roles.js";
import { PlanloomError } from "../../words/planloom-error.js";
import type { LadderModel } from "../../model/ai-sdk-model.js";
import { openLadder, type ModelContext } from "../../model/model.js";
import type { Role } from "../../model/port.js";
import { describeRole, ROLES, type RoleSettings } from "../../model/role.js";
import { tryRungs, type RungTrial } from "../../model/try-rungs.js";
import { problemLines, problemOf, usageError } from "../error-text.js";
import { EXIT } from "../exit-code.js";
import { portsOf, type ModelFlags } from "../flags.js";
import { print, printJson, PROGRAM, say } from "../output.js";
import { configOf, storeFor, type StoreFlags } from "../open-loom.js";
import { count, duration, oneLine, paint } from "../style.js";

type Flags = StoreFlags & ModelFlags & { readonly json?: boolean };

/** One model at one address, and its roles. */
interface Player {
  readonly roles: readonly Role[];
  readonly text: string;
  readonly settings: RoleSettings;
}

interface Cast {
  readonly players: readonly Player[];
  /** The form for any other model. */
  readonly general: RoleSettings;
  readonly context: ModelContext;
}

async function castOf(flags: Flags): Promise<Cast> {
  const found = await configOf(flags, "read");
  const { config, packages } = found;
  settingsOf(config);
  const { roles, planner } = rolesOf(config, process.env, portsOf(flags).flags);
  const players = new Map<string, Player>();
  for (const role of ROLES) {
    const isFunction = role === "planner" && planner !== undefined;
    const text = isFunction ? "a function of your own" : describeRole(roles[role]);
    const settings = isFunction ? {} : roles[role];
    players.set(text, { text, settings, roles: [...(players.get(text)?.roles ?? []), role] });
  }
  const context = { keeper: keeperBeside(storeFor(flags, found).store), packages };
  return { players: [...players.values()], general: roles.executor, context };
}

/** Sends nothing. */
export async function modelsCommand(flags: Flags): Promise<number> {
  const { players, context } = await castOf(flags);
  const shown = players.map(({ roles, text, settings }) => {
    const way = hasLadder(settings) ? ladderOf(settings, roles[0]!, context)?.learnt() : undefined;
    return {
      roles,
      model: text,
      ...(way === undefined ? {} : { asksBy: way.rung, since: new Date(way.at).toISOString() }),
    };
  });
  if (flags.json === true) printJson(shown);
  else
    for (const { roles, model, asksBy, since } of shown)
      print(`${roles.join(", ")}: ${oneLine(model)}${wayText(asksBy, since)}`);
  if (flags.json !== true)
    say(`\`${PROGRAM} models test\` tries which forms of request they take; it sends real requests.`);
  return EXIT.done;
}

const wayText = (rung: string | undefined, since: string | undefined): string =>
  rung === undefined ? "" : `\n  asked for JSON by ${rung}, as found out ${since}`;

const hasLadder = ({ model }: RoleSettings): boolean =>
  model !== undefined && model !== "" && !(typeof model === "object" && "call" in model);

/** undefined if the model cannot be opened. `models test` shows the reason. */
function ladderOf(settings: RoleSettings, role: Role, context: ModelContext): LadderModel | undefined {
  try {
    return openLadder(settings, role, context);
  } catch {
    return undefined;
  }
}

/** Exit code 4 if a model accepts no form, or cannot be reached. */
export async function modelsTestCommand(name: string | undefined, flags: Flags): Promise<number> {
  const cast = await castOf(flags);
  const asked = playersNamed(cast, name);
  const results = [];
  for (const player of asked) results.push({ ...player, ...(await tested(player, cast.context, flags.json === true)) });
  if (flags.json === true)
    printJson(
      results.map(({ roles, text, trials, error }) => ({
        roles,
        model: text,
        ...(trials && { trials }),
        ...(error && { error }),
      })),
    );
  return results.every(({ trials = [] }) => trials.some(({ end }) => end === "works")) ? EXIT.done : EXIT.setup;
}

function playersNamed({ players, general }: Cast, name: string | undefined): readonly Player[] {
  const able = players.filter(({ settings }) => hasLadder(settings));
  if (name === undefined) {
    if (able.length === 0) throw new PlanloomError("MODEL_NOT_SET", {});
    return able;
  }
  const role = ROLES.find((one) => one === name);
  const found = players.find(({ roles, settings }) =>
    role === undefined ? settings.model === name : roles.includes(role),
  );
  if (found !== undefined && role !== undefined && !hasLadder(found.settings) && found.settings.model !== undefined)
    throw usageError(
      `The ${role} is ${found.text}, which is not asked in several forms.`,
      "Name another role, or a model.",
    );
  if (found !== undefined) return [found];
  if (role !== undefined) throw new PlanloomError("MODEL_NOT_SET", {});
  const settings = { ...general, model: name };
  return [{ roles: [], settings, text: describeRole(settings) }];
}

interface Tested {
  readonly trials?: readonly RungTrial[];
  readonly error?: { readonly code: string; readonly message: string; readonly next?: string | undefined };
}

async function tested({ roles, text, settings }: Player, context: ModelContext, quiet: boolean): Promise<Tested> {
  const tell = quiet ? () => undefined : print;
  say(`Sending ${count(4, "small request")} to ${oneLine(text)}. They are real, and may cost money.`);
  tell(paint("bold", `${roles.length === 0 ? "model" : roles.join(", ")}: ${oneLine(text)}`));
  try {
    const trials = await tryRungs(openLadder(settings, roles[0] ?? "executor", context), new AbortController().signal);
    for (const trial of trials) tell(trialLine(trial));
    const best = trials.find(({ end }) => end === "works");
    tell(best === undefined ? paint("red", "  no form of request works") : `  used from now on: ${best.rung}`);
    return { trials };
  } catch (thrown) {
    if (!(thrown instanceof PlanloomError)) throw thrown;
    const error = problemOf(thrown);
    for (const line of problemLines(error)) tell(`  ${line}`);
    return { error };
  }
}

function trialLine({ rung, end, usage, ms, problem }: RungTrial): string {
  const tokens = usage === undefined ? "" : `${usage.inputTokens ?? "?"} + ${usage.outputTokens ?? "?"} tokens`;
  const state = paint(end === "works" ? "green" : end === "ignored" ? "yellow" : "red", end.padEnd(8));
  return `  ${rung.padEnd(12)} ${state} ${tokens.padEnd(18)} ${duration(ms).padEnd(8)} ${problem === undefined ? "" : oneLine(problem)}`.trimEnd();
}
