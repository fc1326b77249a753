// `planloom models`: the model of each role and named executor, and what was found out about its server. In: the configuration and the
// environment. Out: lines, or JSON. `models test` sends real requests and stores what works; `models forget` removes it.
import { settingsOf } from "../../loom/config.js";
import { keeperBeside, rolesOf } from "../../loom/roles.js";
import { PlanloomError } from "../../words/planloom-error.js";
import type { LadderModel } from "../../model/ai-sdk-model.js";
import { openLadder, type ModelContext } from "../../model/model.js";
import type { Role } from "../../model/port.js";
import type { KeptWay } from "../../model/ways/way-memory.js";
import { describeRole, ROLES, type RoleSettings } from "../../model/settings/role.js";
import { tryLength, type LengthTrial } from "../../model/trial/try-length.js";
import { tryRungs, type RungTrial } from "../../model/trial/try-rungs.js";
import { tryTools, type ToolTrial } from "../../model/trial/try-tools.js";
import { problemLines, problemOf, usageError } from "../error-text.js";
import { EXIT } from "../exit-code.js";
import { portsOf, type ModelFlags } from "../flags.js";
import { print, printJson, PROGRAM, say } from "../output.js";
import { configOf, storeFor, type StoreFlags } from "../open-loom.js";
import { isTooShort, LENGTH_NEXT, learntLines, lengthText, toolsText, trialLine } from "../render/abilities.js";
import { count, oneLine, paint } from "../style.js";

type Flags = StoreFlags & ModelFlags & { readonly json?: boolean };

/** One model at one address, and its roles. */
interface Player {
  /** The roles, and the named executors, that it is the first model of. */
  readonly roles: readonly Part[];
  /** Those whose first model it replaces when that fails. */
  readonly fallbackFor: readonly Part[];
  readonly text: string;
  readonly settings: RoleSettings;
}

/** A role, or a named executor. */
type Part = string;

/** The role whose requests a model gets. A named executor gets those of the executor. */
const roleOf = (part: Part | undefined): Role => ROLES.find((role) => role === part) ?? "executor";

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
  const { roles, specialists, planner } = rolesOf(config, process.env, portsOf(flags).flags);
  const players = new Map<string, Player>();
  for (const role of ROLES) {
    const { fallbacks = [], ...first } = roles[role];
    if (role === "planner" && planner !== undefined) add(players, role, {}, "a function of your own");
    else addAll(players, role, [first, ...fallbacks]);
  }
  for (const [name, { fallbacks = [], ...first }] of specialists) addAll(players, name, [first, ...fallbacks]);
  const context = { keeper: keeperBeside(storeFor(flags, found).store), packages };
  return { players: [...players.values()], general: roles.executor, context };
}

function addAll(players: Map<string, Player>, part: Part, models: readonly RoleSettings[]): void {
  models.forEach((settings, at) => add(players, part, settings, describeRole(settings), at > 0));
}

function add(players: Map<string, Player>, role: Part, settings: RoleSettings, text: string, isFallback = false): void {
  const player = players.get(text) ?? { text, settings, roles: [], fallbackFor: [] };
  const { roles, fallbackFor } = player;
  players.set(
    text,
    isFallback ? { ...player, fallbackFor: [...fallbackFor, role] } : { ...player, roles: [...roles, role] },
  );
}

const rolesFor = ({ roles, fallbackFor }: Pick<Player, "roles" | "fallbackFor">): readonly Part[] => [
  ...roles,
  ...fallbackFor,
];

/** The model, after the roles that it has. */
function playerText({ roles, fallbackFor, text }: Pick<Player, "roles" | "fallbackFor" | "text">): string {
  const named = [...roles, ...(fallbackFor.length === 0 ? [] : [`fallback of ${fallbackFor.join(", ")}`])];
  return `${named.length === 0 ? "model" : named.join(", ")}: ${oneLine(text)}`;
}

/** Sends nothing. */
export async function modelsCommand(flags: Flags): Promise<number> {
  const { players, context } = await castOf(flags);
  const shown = players.map((player) => {
    const ladder = hasLadder(player.settings)
      ? ladderOf(player.settings, roleOf(rolesFor(player)[0]), context)
      : undefined;
    return { player, ladder, learnt: ladder?.learnt() };
  });
  if (flags.json === true)
    printJson(shown.map(({ player, learnt }) => ({ ...namedFields(player), ...learntFields(learnt) })));
  else
    for (const { player, ladder, learnt } of shown) {
      print(playerText(player));
      for (const line of ladder === undefined ? [] : learntLines(learnt)) print(line);
    }
  if (flags.json !== true)
    say(
      `\`${PROGRAM} models test\` tries what they can do; it sends real requests. \`${PROGRAM} models forget\` forgets.`,
    );
  return EXIT.done;
}

const namedFields = ({ roles, fallbackFor, text }: Player) => ({
  roles,
  ...(fallbackFor.length === 0 ? {} : { fallbackFor }),
  model: text,
});

function learntFields(learnt: KeptWay | undefined) {
  if (learnt === undefined) return {};
  const { rung, tools = "auto", temperature, rules = [], cut, at } = learnt;
  const since = new Date(at).toISOString();
  return { asksBy: rung, tools, temperature, rules, ...(cut === undefined ? {} : { cut }), since };
}

/** Sends nothing. */
export async function modelsForgetCommand(name: string | undefined, flags: Flags): Promise<number> {
  const cast = await castOf(flags);
  for (const { text, settings, ...player } of playersNamed(cast, name)) {
    const ladder = openLadder(settings, roleOf(rolesFor(player)[0]), cast.context);
    const isKnown = ladder.learnt() !== undefined;
    ladder.forget();
    print(`${oneLine(text)}: ${isKnown ? "forgotten" : "nothing was known"}`);
  }
  return EXIT.done;
}

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

/** Exit code 4 if a model accepts no form, cannot call the tools that its role needs, or cannot be reached. */
export async function modelsTestCommand(name: string | undefined, flags: Flags): Promise<number> {
  const cast = await castOf(flags);
  const asked = playersNamed(cast, name);
  const results = [];
  for (const player of asked) results.push({ ...player, ...(await tested(player, cast.context, flags.json === true)) });
  if (flags.json === true)
    printJson(
      results.map(({ trials, tools, length, error, ...player }) => ({
        ...namedFields(player),
        ...(trials && { trials }),
        ...(tools && { tools }),
        ...(length && { length }),
        ...(error && { error }),
      })),
    );
  return results.every(isAble) ? EXIT.done : EXIT.setup;
}

function playersNamed({ players, general }: Cast, name: string | undefined): readonly Player[] {
  if (name === undefined) {
    const all = players.filter(({ settings }) => hasLadder(settings));
    if (all.length === 0) throw new PlanloomError("MODEL_NOT_SET", {});
    return all;
  }
  const role = [...ROLES, ...players.flatMap(rolesFor)].find((one) => one === name);
  const found = players.filter((player) =>
    role === undefined ? player.settings.model === name : rolesFor(player).includes(role),
  );
  const able = found.filter(({ settings }) => hasLadder(settings) || settings.model === undefined);
  if (role !== undefined && found.length > 0 && able.length === 0)
    throw usageError(
      `The ${role} is ${found[0]!.text}, which is not asked in several forms.`,
      "Name another role, or a model.",
    );
  if (able.length > 0) return able;
  if (role !== undefined) throw new PlanloomError("MODEL_NOT_SET", {});
  const settings = { ...general, model: name };
  return [{ roles: [], fallbackFor: [], settings, text: describeRole(settings) }];
}

interface Tested {
  readonly trials?: readonly RungTrial[];
  /** Absent if no role of the model calls tools. */
  readonly tools?: readonly ToolTrial[];
  readonly length?: LengthTrial;
  readonly error?: { readonly code: string; readonly message: string; readonly next?: string | undefined };
}

const isAble = ({ trials = [], tools }: Tested): boolean =>
  [trials, ...(tools === undefined ? [] : [tools])].every((some) => some.some(({ end }) => end === "works"));

/** A model that is named by itself may have any role. */
const callsTools = (roles: readonly Part[]): boolean =>
  roles.length === 0 || roles.some((part) => roleOf(part) === "executor");

async function tested(player: Player, context: ModelContext, quiet: boolean): Promise<Tested> {
  const { text, settings } = player;
  const roles = rolesFor(player);
  const tell = quiet ? () => undefined : print;
  const most = callsTools(roles) ? 11 : 5;
  say(`Sending up to ${count(most, "request")} to ${oneLine(text)}. They are real, and may cost money.`);
  tell(paint("bold", playerText(player)));
  const tried: { -readonly [K in keyof Tested]: Tested[K] } = {};
  try {
    const model = openLadder(settings, roleOf(roles[0]), context);
    const { signal } = new AbortController();
    tried.trials = await tryRungs(model, signal);
    for (const trial of tried.trials) tell(trialLine(trial.rung, trial));
    if (tried.trials.every(({ end }) => end === "refused")) {
      for (const line of [paint("red", "no form of request works"), `next: ${REFUSED_NEXT}`]) tell(`  ${line}`);
      return tried;
    }
    if (callsTools(roles)) tried.tools = await tryTools(model, signal);
    for (const trial of tried.tools ?? []) tell(trialLine(`tools: ${trial.rung}`, trial));
    tried.length = await tryLength(model, signal);
    tell(trialLine("long request", tried.length));
    for (const line of abilityLines(tried)) tell(`  ${line}`);
  } catch (thrown) {
    if (!(thrown instanceof PlanloomError)) throw thrown;
    const error = problemOf(thrown);
    for (const line of problemLines(error)) tell(`  ${line}`);
    return { ...tried, error };
  }
  return tried;
}

const REFUSED_NEXT = "Do what the server says. Check the model's name and the address, and look into the server's log.";

function abilityLines({ trials = [], tools, length }: Tested): readonly string[] {
  const best = trials.find(({ end }) => end === "works");
  return [
    best === undefined ? paint("red", "no form of request works") : `used from now on: ${best.rung}`,
    ...(tools === undefined ? [] : [`as executor: ${toolsText(tools)}`]),
    ...(length === undefined ? [] : [lengthText(length)]),
    ...(length === undefined || !isTooShort(length) ? [] : [`next: ${LENGTH_NEXT}`]),
  ];
}
