// The name of this process as an owner of runs, and whether another owner is alive. In: an owner's name. Out: dead,
// alive or unknown. Only this file asks the operating system about processes.
import { randomUUID } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** What is known about the process of an owner. unknown: only its lease can tell. */
export type Liveness = "dead" | "alive" | "unknown";

/** Which processes a pid can name: those of one boot of one machine, in one pid namespace. Parts are "" if unknown. */
interface Place {
  readonly boot: string;
  readonly space: string;
}

/** The engines of this process that are open. The process may outlive its engines. */
const open = new Set<string>();

/**
 * `host/pid/start/unique/boot/space`. `start` distinguishes a process from a later one with the same pid, `boot` and
 * `space` distinguish it from one with the same pid on another machine, after a reboot, or in another container. The
 * holder counts as alive until `closeHolder`.
 */
export function newHolder(): string {
  const { boot, space } = placeHere();
  const unique = randomUUID().slice(0, 8);
  const holder = [hostHere(), process.pid, processOf(process.pid)?.start ?? "", unique, boot, space].join("/");
  open.add(holder);
  return holder;
}

/** The engine with this holder drives nothing any more. */
export function closeHolder(holder: string): void {
  open.delete(holder);
}

/** The host and the process that a holder names. */
export function readHolder(holder: string): { readonly host: string; readonly pid?: string } {
  const [host = "", pid] = holder.split("/");
  return pid === undefined ? { host } : { host, pid };
}

/**
 * "dead" if the process is known to be gone, "alive" if it is known to run. A stopped process is "unknown": it may
 * never continue. So is a process of another machine, of another pid namespace, or of a system that does not tell when
 * its processes started.
 */
export function livenessOf(holder: string): Liveness {
  const [host, pid, start = "", , boot, space = ""] = holder.split("/");
  const here = placeHere();
  const isKnown = boot !== undefined && boot !== "" && space !== "";
  // Earlier builds wrote only the host. Their word is taken as they meant it.
  if (isKnown ? boot !== here.boot || space !== here.space : host !== hostHere()) return "unknown";
  if (boot === "" && here.boot !== "") return "unknown";
  if (!exists(Number(pid))) return "dead";
  const found = processOf(Number(pid));
  if (found === undefined || start === "") return "unknown";
  if (found.isGone || found.start !== start) return "dead";
  if (!isKnown || found.isStopped) return "unknown";
  return Number(pid) !== process.pid || open.has(holder) ? "alive" : "unknown";
}

const hostHere = (): string => hostname().replaceAll("/", "-");

let place: Place | undefined;

/** A process stays in its namespaces. They are read when they are first needed. */
const placeHere = (): Place => (place ??= readPlace());

function readPlace(): Place {
  if (!seesItself()) return { boot: "", space: "" };
  const boot = read("/proc/sys/kernel/random/boot_id").trim();
  // Start times are told in the time namespace of the reader.
  const [pids, times] = ["pid", "time"].map((name) => /\[(\d+)\]/.exec(link(`/proc/self/ns/${name}`))?.[1]);
  return boot === "" || pids === undefined ? { boot: "", space: "" } : { boot, space: `${pids}-${times ?? ""}` };
}

/** Whether /proc shows the pids of this process's own namespace. A container may see those of its host. */
const seesItself = (): boolean => link("/proc/self") === String(process.pid);

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

interface FoundProcess {
  /** Start time in clock ticks since boot. */
  readonly start: string;
  /** It has ended, and its parent has not read its end yet. */
  readonly isGone: boolean;
  /** By SIGSTOP, by Ctrl-Z or by a debugger. */
  readonly isStopped: boolean;
}

/** undefined if the system does not tell. */
function processOf(pid: number): FoundProcess | undefined {
  if (!seesItself()) return undefined;
  const stat = read(`/proc/${pid}/stat`);
  const [state = "", ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const start = fields[18];
  if (start === undefined) return undefined;
  return { start, isGone: "ZXx".includes(state), isStopped: "Tt".includes(state) };
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
