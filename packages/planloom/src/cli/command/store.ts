// `planloom store`: check, backup, prune, vacuum, info, accept-loss. In: flags. Out: lines on stdout, or one JSON
// document. Only `prune` removes anything, after it was asked; only `accept-loss` uses an incomplete file.
import { resolve } from "node:path";
import type { Maintenance, PruneQuery } from "../../loom/maintenance.js";
import { retentionIn } from "../../loom/config-retention.js";
import type { Loom } from "../../loom/loom.js";
import { DURATION_PATTERN, durationMs } from "../../plan/duration.js";
import type { RunStatus } from "../../run/status.js";
import type { RunHead } from "../../run/view/head.js";
import type { StoreCheck } from "../../store/maintenance.js";
import { isStoreFile } from "../../store/locate.js";
import { STATUS_FILTERS } from "../../store/listing.js";
import { openSqliteStore } from "../../store/sqlite.js";
import { problemOf, usageError } from "../error-text.js";
import { EXIT } from "../exit-code.js";
import type { FoundConfig } from "../found-config.js";
import { configOf, storeFor, withLoom, type StoreFlags, type Use } from "../open-loom.js";
import { atTerminal, printJson, printLines, say } from "../output.js";
import { openTerminal, saysYes } from "../prompt.js";
import { reasonError } from "../../loom/unreadable-run.js";
import { count, oneLine } from "../style.js";

interface Flags extends StoreFlags {
  readonly json?: boolean;
}

const READ: Use = { config: "read", store: "if-there", models: "not-called" };

/** Throws USAGE if there is no store yet. */
function maintained<T>(flags: Flags, work: (of: Maintenance, found: FoundConfig) => Promise<T>): Promise<T> {
  const opened = (loom: Loom, found: FoundConfig): Promise<T> => {
    const { store } = storeFor(flags, found);
    if (loom.store.maintenance === undefined && isStoreFile(store))
      throw usageError(
        `There is no store at ${resolve(store)} yet.`,
        "Name a store with --store PATH, or start a run.",
      );
    return work(loom.maintenance, found);
  };
  return withLoom(flags, (config) => config, opened, {}, READ);
}

export const storeInfoCommand = (flags: Flags): Promise<number> =>
  maintained(flags, async (of) => {
    const info = await of.info();
    if (flags.json === true) printJson(info);
    else printLines(infoLines(info));
    return EXIT.done;
  });

const infoLines = (info: Awaited<ReturnType<Maintenance["info"]>>): readonly string[] => [
  `store        ${info.path}`,
  `size         ${sizeText(info.bytes)}, of which ${sizeText(info.freeBytes)} are free`,
  `log          ${sizeText(info.logBytes)}, to be merged into the file`,
  `runs         ${
    Object.entries(info.runs)
      .map(([status, number]) => `${number} ${status}`)
      .join(", ") || "none"
  }`,
  `events       ${info.events}`,
  `journal      ${count(info.journalRows, "row")}`,
  `messages     ${info.commands}`,
  `large values ${info.largeValues}, ${sizeText(info.largeBytes)}`,
  `version      ${info.version}, SQLite ${info.sqlite}`,
];

export const storeCheckCommand = (flags: Flags): Promise<number> =>
  maintained(flags, async (of) => {
    const found = await of.check();
    const sound = found.file.length === 0 && found.damaged.length === 0;
    if (flags.json === true) printJson({ sound, ...withProblems(found) });
    else printLines(checkLines(found, sound));
    return sound ? EXIT.done : EXIT.failed;
  });

const withProblems = ({ damaged, ...found }: StoreCheck): object => ({
  ...found,
  damaged: damaged.map(({ runId, error }) => ({ runId, ...problemOf(reasonError(runId, error)) })),
});

function checkLines({ path, file, runs, damaged, unused }: StoreCheck, sound: boolean): readonly string[] {
  const errors = damaged.map(({ runId, error }) => reasonError(runId, error));
  return [
    `${path}: ${count(runs, "run")} read, ${sound ? "all sound" : `${damaged.length} damaged`}`,
    ...file.map((line) => `  file     ${oneLine(line, 300)}`),
    ...errors.map((error) => `  damaged  ${oneLine(error.message, 400)}`),
    ...(unused === 0 ? [] : [`  unused   ${count(unused, "large value")} that no run holds; prune removes them`]),
    ...(sound ? [] : ["Put a backup back, or see the sound events of a run with: planloom events RUN"]),
  ];
}

export const storeBackupCommand = (file: string, flags: Flags): Promise<number> =>
  maintained(flags, async (of) => {
    const copy = await of.backup(resolve(file));
    if (flags.json === true) printJson(copy);
    else say(`The store was copied to ${copy.file}, ${sizeText(copy.bytes)}. To use the copy: --store ${copy.file}`);
    return EXIT.done;
  });

export const storeVacuumCommand = (flags: Flags): Promise<number> =>
  maintained(flags, async (of) => {
    const sizes = await of.vacuum();
    if (flags.json === true) printJson(sizes);
    else say(`The store has ${sizeText(sizes.after)}; it had ${sizeText(sizes.before)}.`);
    return EXIT.done;
  });

export async function acceptLossCommand(flags: Flags): Promise<number> {
  const { store } = storeFor(flags, await configOf(flags, "read"));
  if (!isStoreFile(store)) throw usageError("This store is no file.", "Name a file with --store PATH.");
  const path = resolve(store);
  await (await openSqliteStore({ path, acceptLoss: true })).close();
  if (flags.json === true) printJson({ path });
  else say(`${path} can be used again. What was only in its lost log is missing.`);
  return EXIT.done;
}

export interface PruneFlags extends Flags {
  readonly olderThan?: string;
  readonly status?: string;
  readonly yes?: boolean;
}

export const storePruneCommand = (flags: PruneFlags): Promise<number> =>
  maintained(flags, async (of, found) => {
    const query = queryIn(flags, found);
    const runs = await of.prunable(query);
    const isJson = flags.json === true;
    if (runs.length > 0 && flags.yes !== true && !(await isWanted(runs, isJson))) return EXIT.done;
    const pruned = await of.prune(query);
    if (isJson) printJson(pruned);
    else
      say(
        `${count(pruned.removed.length, "run")} removed, and ${count(pruned.values, "large value")}.` +
          (pruned.kept.length === 0 ? "" : ` ${count(pruned.kept.length, "run")} stayed: a live process drives them.`),
      );
    return EXIT.done;
  });

/** Throws USAGE without a terminal: nobody has seen what would be removed. */
async function isWanted(runs: readonly RunHead[], isJson: boolean): Promise<boolean> {
  const lines = pruneLines(runs);
  if (isJson || !atTerminal()) {
    const text = `Nothing was removed. It would remove ${count(runs.length, "run")}.`;
    throw usageError(text, "Look at them in a terminal, or remove them with --yes.");
  }
  const terminal = openTerminal();
  for (const line of lines) terminal.say(line);
  return saysYes(terminal, `Remove ${count(runs.length, "run")} for good?`);
}

/** How many runs of each status, and the newest and the oldest. */
function pruneLines(runs: readonly RunHead[]): readonly string[] {
  const byStatus = new Map<RunStatus, number>();
  for (const { status } of runs) byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
  const shown = (run: RunHead | undefined) =>
    run === undefined ? "" : `${new Date(run.updatedAt).toISOString()}  ${run.runId}  ${oneLine(run.goal, 60)}`;
  return [
    ...[...byStatus].map(([status, number]) => `  ${status.padEnd(17)} ${number}`),
    `  newest            ${shown(runs[0])}`,
    `  oldest            ${shown(runs.at(-1))}`,
  ];
}

/** The flags, else the retention of the configuration. Throws USAGE. */
function queryIn({ olderThan, status }: PruneFlags, { config }: FoundConfig): PruneQuery {
  const kept = retentionIn(config.retention);
  if (olderThan === undefined && kept === undefined)
    throw usageError(
      "Nothing says which runs are old.",
      "Add --older-than 30d, or set retention in the configuration.",
    );
  if (olderThan !== undefined && !DURATION_PATTERN.test(olderThan))
    throw usageError(`--older-than is ${oneLine(olderThan, 60)}.`, "Write a number and a unit: 12h, 30d.");
  const statuses = status?.split(",").map(statusIn) ?? kept?.status;
  return {
    olderThan: olderThan === undefined ? kept!.olderThan : durationMs(olderThan),
    ...(statuses === undefined ? {} : { status: statuses }),
  };
}

function statusIn(name: string): RunStatus {
  const known = STATUS_FILTERS.filter((one): one is RunStatus => one !== "waiting" && one !== "unreadable");
  const status = known.find((one) => one === name.trim());
  if (status === undefined) throw usageError(`There is no status ${oneLine(name, 60)}.`, `Use ${known.join(", ")}.`);
  return status;
}

const UNITS = ["bytes", "KB", "MB", "GB", "TB"];

/** `12.3 MB`. Units of 1,000. */
function sizeText(bytes: number): string {
  const power = Math.min(UNITS.length - 1, bytes < 1_000 ? 0 : Math.floor(Math.log10(bytes) / 3));
  return `${power === 0 ? bytes : (bytes / 1_000 ** power).toFixed(1)} ${UNITS[power]!}`;
}
