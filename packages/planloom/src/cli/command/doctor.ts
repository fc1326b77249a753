// `planloom doctor`: checks all that a run needs. In: the configuration and the environment. Out: one line for each
// part, with the fix if it fails. Each part is checked on its own.
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import { systemClock } from "../../clock.js";
import { createLoom } from "../../loom/create-loom.js";
import type { Loom } from "../../loom/loom.js";
import { messageOf } from "../../error.js";
import type { ErrorSubject } from "../../words/errors.js";
import { PlanloomError } from "../../words/planloom-error.js";
import { keeperBeside } from "../../loom/roles.js";
import { openLadder, openModel, type ModelContext } from "../../model/model.js";
import { tryLength, type LengthTrial } from "../../model/trial/try-length.js";
import { tryTools, type ToolTrial } from "../../model/trial/try-tools.js";
import { replyInTime } from "../../model/patience/timed-model.js";
import { describeRole, ROLES, type ListedSettings, type RoleSettings } from "../../model/settings/role.js";
import type { Role } from "../../model/port.js";
import { makePrivateFolder } from "../../files/private.js";
import { isAtLeast, loadSqlite } from "../../store/sqlite-driver.js";
import { checkStoreFile } from "../../store/store-file.js";
import { errorNextText } from "../error-text.js";
import { EXIT } from "../exit-code.js";
import { portsOf, type ModelFlags } from "../flags.js";
import { print, printJson, PROGRAM, say } from "../output.js";
import type { FoundConfig } from "../found-config.js";
import { isTooShort, LENGTH_NEXT, lengthText, toolsText } from "../render/abilities.js";
import { configOf, storeFor, type StoreFlags } from "../open-loom.js";
import { count, manyLines, oneLine, paint } from "../style.js";

type Finding = {
  readonly ok: boolean;
  readonly name: string;
  readonly text: string;
  readonly next?: string | undefined;
};

const NODE = "20.19.0";
const REPLY_MS = 20_000;

type DoctorFlags = StoreFlags & ModelFlags & { readonly offline?: boolean; readonly json?: boolean };

export async function doctorCommand(flags: DoctorFlags): Promise<number> {
  const findings: Finding[] = [];
  const tell = (finding: Finding): void => {
    findings.push(finding);
    if (flags.json === true) return;
    print(
      `${finding.ok ? paint("green", "ok   ") : paint("red", "wrong")}  ${finding.name.padEnd(11)}  ${manyLines(finding.text)}`,
    );
    if (finding.next !== undefined) print(`       next: ${manyLines(finding.next)}`);
  };
  tell(node());
  tell(await tried("sqlite", sqlite));
  const found = await configOf({ ...flags, quiet: true }, "read").catch(
    (error: unknown) => void tell(wrong("config", error)),
  );
  if (found !== undefined) {
    tell(configFinding(found));
    tell(await tried("store", () => store(flags, found)));
    await tellLoom(found, flags, tell);
  }
  const bad = findings.filter(({ ok }) => !ok).length;
  if (flags.json === true) printJson({ ok: bad === 0, findings });
  say(
    bad === 0
      ? `All is well. Try: ${PROGRAM} run "your goal"`
      : `${bad} of ${findings.length} need attention; \`${PROGRAM} demo\` needs no model.`,
  );
  return bad === 0 ? EXIT.done : EXIT.setup;
}

async function tellLoom(
  found: FoundConfig,
  flags: StoreFlags & ModelFlags & { readonly offline?: boolean },
  tell: (finding: Finding) => void,
): Promise<void> {
  const { config, packages } = found;
  const made = createLoom({ ...config, store: "memory" }, { packages, ...portsOf(flags) });
  const loom = await made.catch((error: unknown) => void tell(wrong("setup", error)));
  if (loom === undefined) return;
  tell({ ok: true, name: "tools", text: loom.inventory.tools.map(({ name }) => name).join(", ") });
  for (const { name, tools, notes, error } of await loom.toolServers()) {
    const text = [`${count(tools.length, "tool")}: ${tools.join(", ")}`, ...notes].join(". ");
    tell(error === undefined ? { ok: true, name: `mcp.${name}`, text } : wrong(`mcp.${name}`, error));
  }
  const context = { packages, keeper: keeperBeside(storeFor(flags, found).store) };
  for (const finding of await models(loom, context, flags.offline === true)) tell(finding);
  await loom.close();
}

/** Code that did not run is not well: a run would be refused. */
function configFinding({ file, notes }: FoundConfig): Finding {
  const left = notes.find((note) => note.note === "code-not-run");
  if (left !== undefined)
    return wrong("config", new PlanloomError("CONFIG_NOT_TRUSTED", { file: left.file, folder: left.folder }));
  const unchecked = process.platform === "win32" ? " (owners of files are not checked on Windows)" : "";
  const text = file ?? "none found in this project; defaults and variables count";
  return { ok: true, name: "config", text: `${text}${unchecked}` };
}

function node(): Finding {
  const { node: version } = process.versions;
  if (isAtLeast(version, NODE)) return { ok: true, name: "node", text: version };
  return { ok: false, name: "node", text: version, next: `Install Node ${NODE} or later.` };
}

async function sqlite(): Promise<string> {
  const Driver = await loadSqlite();
  const db = new Driver(":memory:");
  try {
    const { version } = db.prepare("SELECT sqlite_version() AS version").get() as { readonly version: string };
    const from = isAtLeast(process.versions.node, "22.13.0")
      ? "of Node, or of @photostructure/sqlite if that of Node is too old"
      : "of @photostructure/sqlite";
    return `${version}, ${from}`;
  } finally {
    db.close();
  }
}

async function store(flags: StoreFlags, found: FoundConfig): Promise<string> {
  const { store: wished } = storeFor(flags, found);
  if (typeof wished === "object") return `${wished.name} (from the configuration)`;
  if (wished === "memory") return "memory: runs are not kept";
  const path = resolve(wished);
  const folder = dirname(path);
  makePrivateFolder(folder);
  checkStoreFile(path);
  await access(folder, constants.W_OK);
  await access(path, constants.W_OK).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
  return `${relative(process.cwd(), path) || path} can be written`;
}

interface Asked {
  readonly text: string;
  readonly tools?: readonly ToolTrial[];
  readonly length?: LengthTrial;
}

/** Sends a few requests to each different model. */
async function models(loom: Loom, context: ModelContext, offline: boolean): Promise<readonly Finding[]> {
  const replies = new Map<string, Promise<Asked>>();
  const texts = new Map(ROLES.map((role) => [role, membersOf(loom.roles[role]).map(describeRole)]));
  const named = Object.entries(loom.specialists);
  const ofNamed = new Set(named.flatMap(([, listed]) => membersOf(listed).map(describeRole)));
  const isOf = (role: Role, text: string): boolean =>
    texts.get(role)!.includes(text) || (role === "executor" && ofNamed.has(text));
  const look = async (
    role: Role,
    settings: RoleSettings,
    isFallback: boolean,
    name: string = role,
  ): Promise<Finding> => {
    const text = describeRole(settings);
    const shown = isFallback ? `fallback ${text}` : text;
    if (settings.model === undefined) return { ok: false, name, text: shown, next: noModel(role) };
    if (offline) return { ok: true, name, text: `${shown} (not asked)` };
    const reply = replies.get(text) ?? replyOf(settings, isOf("executor", text) ? "executor" : role, context);
    replies.set(text, reply);
    const ofAll = ROLES.every((one) => isOf(one, text));
    return reply.then(
      (asked) => ({ ...modelFinding(role, shown, asked), name }),
      (error: unknown) => wrong(name, ofRole(error, ofAll ? undefined : role), shown),
    );
  };
  return Promise.all([
    ...ROLES.flatMap((role) => membersOf(loom.roles[role]).map((settings, at) => look(role, settings, at > 0))),
    ...named.flatMap(([name, listed]) =>
      membersOf(listed).map((settings, at) => look("executor", settings, at > 0, name)),
    ),
  ]);
}

/** The models of a role: the first, then its fallbacks. */
const membersOf = ({ fallbacks = [], ...first }: ListedSettings): readonly RoleSettings[] => [first, ...fallbacks];

/** The error in the words of the role that is shown. A model that all roles have is asked once, for one of them. */
function ofRole(error: unknown, role: Role | undefined): unknown {
  if (!(error instanceof PlanloomError) || !("role" in error.params)) return error;
  const { role: _asked, ...rest } = error.params;
  return new PlanloomError(...([error.code, { ...rest, ...(role && { role }) }] as ErrorSubject));
}

/** A model of the port has no ladder: only its reply is looked at. */
async function replyOf(settings: RoleSettings, role: Role, context: ModelContext): Promise<Asked> {
  const begun = performance.now();
  const isPort = typeof settings.model === "object" && "call" in settings.model;
  const ladder = isPort ? undefined : openLadder(settings, role, context);
  const model = ladder ?? openModel(settings, role, context);
  const { signal } = new AbortController();
  const request = {
    system: "You are asked whether you can be reached.",
    messages: [{ role: "user", text: "Reply with the word OK." }],
    signal,
  } as const;
  const limit = { name: model.name, timeoutMs: REPLY_MS };
  const reply = await replyInTime(request, (timed) => model.call(timed), limit, systemClock);
  const text = `replied "${oneLine(reply.text, 40)}" in ${Math.round(performance.now() - begun)} ms`;
  if (ladder === undefined) return { text };
  const tools = role === "executor" ? { tools: await tryTools(ladder, signal) } : {};
  return { text, ...tools, length: await tryLength(ladder, signal) };
}

/** What the model of a role can do. An executor that calls no tools, or a server that cuts requests, is not well. */
function modelFinding(role: Role, text: string, { text: replied, tools, length }: Asked): Finding {
  const isToolless = role === "executor" && tools !== undefined && tools.every(({ end }) => end !== "works");
  const isCut = length !== undefined && isTooShort(length);
  const can = [
    ...(role === "executor" && tools !== undefined ? [toolsText(tools)] : []),
    ...(length === undefined ? [] : [lengthText(length)]),
  ];
  const next = isToolless ? TOOLLESS_NEXT : isCut ? LENGTH_NEXT : undefined;
  return { ok: next === undefined, name: role, text: [`${text}: ${replied}`, ...can].join("; "), next };
}

const TOOLLESS_NEXT = "Set another model for the executor, or give agent steps no tools.";

const noModel = (role: Role): string =>
  `Set OPENAI_API_KEY and PLANLOOM_MODEL, or PLANLOOM_${role.toUpperCase()}_MODEL and PLANLOOM_${role.toUpperCase()}_BASE_URL, or models in the configuration.`;

async function tried(name: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { ok: true, name, text: await look() };
  } catch (error) {
    return wrong(name, error);
  }
}

function wrong(name: string, error: unknown, what?: string): Finding {
  const code = error instanceof PlanloomError ? `${error.code}: ` : "";
  const next = error instanceof PlanloomError ? errorNextText(error) : undefined;
  return { ok: false, name, text: `${what === undefined ? "" : `${what}: `}${code}${messageOf(error)}`, next };
}
