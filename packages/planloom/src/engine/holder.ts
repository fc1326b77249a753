// The name of this process as an owner of runs, and whether another owner is alive. In: an owner's name. Out: alive or
// not. Only this file asks the operating system about processes.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/** `host/pid/start/unique`. `start` distinguishes a process from a later one with the same pid. */
export function newHolder(): string {
  return [hostname().replaceAll("/", "-"), process.pid, startOf(process.pid), randomUUID().slice(0, 8)].join("/");
}

/**
 * "dead" if the process is known to be gone: on this host, without such a pid or with another start time. Otherwise
 * "unknown": only its lease can tell.
 */
export function livenessOf(holder: string): "dead" | "unknown" {
  const [host, pid, start] = holder.split("/");
  if (host !== hostname().replaceAll("/", "-")) return "unknown";
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH" ? "dead" : "unknown";
  }
  const now = startOf(Number(pid));
  return now !== "" && start !== "" && now !== start ? "dead" : "unknown";
}

/** Start time of a process in clock ticks since boot, if the system tells it. A zombie counts as gone. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? "zombie" : (fields[19] ?? "");
  } catch {
    return "";
  }
}
