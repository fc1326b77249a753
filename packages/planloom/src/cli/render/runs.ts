// The list of runs as text: one line for each run, and why a run cannot be read. In: rows of the list, the time. Out:
// lines.
import type { HeadWaiting, RunHead } from "../../run/view/head.js";
import type { ListedRun } from "../../store/event-store.js";
import { unreadableError } from "../../loom/unreadable-run.js";
import { dollarsText } from "../../words/phrases.js";
import { problemOf } from "../error-text.js";
import { columnsOf, oneLine, padded, paint, type Paint } from "../style.js";

const COLOURS: Readonly<Record<string, Paint>> = {
  completed: "green",
  failed: "red",
  cancelled: "dim",
  unreadable: "red",
  "awaiting-approval": "yellow",
  "needs-attention": "yellow",
};

/**
 * Columns: id, status, what it waits for, the time since its last event, steps, cost, tags, playbook, goal. An empty column takes
 * no space. `recorded`: how many commands to each run are recorded and not applied yet.
 */
export function runLines(runs: readonly ListedRun[], now: number, recorded: readonly number[] = []): readonly string[] {
  const rows = runs.map((run, index) => ({ run, cells: cellsOf(run, now, recorded[index] ?? 0) }));
  const widths = COLUMNS.map((column) => Math.max(0, ...rows.map(({ cells }) => columnsOf(cells[column]))));
  return rows.flatMap(({ run, cells }) => {
    const columns = COLUMNS.map((column, index) => painted(column, padded(cells[column], widths[index]!)));
    const line = [...columns.filter((_, index) => widths[index]! > 0), oneLine(run.goal, 80)].join("  ").trimEnd();
    if (run.unreadable === undefined) return [line];
    const { code, message, next = "" } = problemOf(unreadableError(run));
    return [line, paint("red", `  ${code}: ${oneLine(message, 400)}`), `  next: ${next}`];
  });
}

const COLUMNS = ["id", "status", "waits", "ago", "steps", "cost", "tags", "playbook"] as const;

type Cells = Readonly<Record<(typeof COLUMNS)[number], string>>;

function painted(column: keyof Cells, cell: string): string {
  return column === "status" ? paint(COLOURS[cell.trim()] ?? "cyan", cell) : cell;
}

function cellsOf(run: ListedRun, now: number, recorded: number): Cells {
  const [id, ago] = [oneLine(run.runId), agoText(run, now)];
  if (run.unreadable !== undefined)
    return { id, status: "unreadable", waits: "", ago, steps: "", cost: "", tags: "", playbook: "" };
  const { status, waiting, totals, tags } = run;
  const answered = recorded === 0 ? "" : ` (${recorded} recorded)`;
  const waits = waiting === undefined ? "" : `${waitingText(waiting)}${answered}`;
  const steps = totals.steps === 0 ? "" : `${totals.completed}/${totals.steps} steps`;
  return {
    id,
    status,
    waits,
    ago,
    steps,
    cost: costText(run),
    tags: oneLine(tags.join(", "), 60),
    playbook: oneLine(run.playbook ?? "", 64),
  };
}

const WAITS: Readonly<Record<HeadWaiting["first"], string>> = {
  plan: "plan approval",
  call: "call approval",
  question: "question",
  doubt: "unknown outcome",
  unusable: "unusable output",
  undoing: "failed undoing",
  below: "a sub-plan",
};

/** `question`, `call approval and 2 more`. */
function waitingText({ approvals, questions, doubts, unusable = 0, below = 0, first }: HeadWaiting): string {
  const more = approvals + questions + doubts + unusable + below - 1;
  return `${WAITS[first]}${more > 0 ? ` and ${more} more` : ""}`;
}

/** Empty if no model was called, or if the cost is not known. */
function costText({ totals: { modelCalls, costUsd } }: RunHead): string {
  return modelCalls === 0 || costUsd === null ? "" : dollarsText(costUsd);
}

const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000],
] as const;

/** `3 d ago`, `5 min ago`. */
function agoText({ updatedAt }: ListedRun, now: number): string {
  if (updatedAt === 0) return "";
  const ms = Math.max(1_000, now - updatedAt);
  const [unit, size] = UNITS.find(([, least]) => ms >= least)!;
  return `${Math.floor(ms / size)} ${unit} ago`;
}
