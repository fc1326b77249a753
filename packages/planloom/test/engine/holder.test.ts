// The owner of a run, and whether its process is still alive. Real processes, started and ended here.
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { describe, expect, test, vi } from "vitest";
import { closeHolder, livenessOf, newHolder, readHolder } from "../../src/engine/holder.js";

const host = hostname().replaceAll("/", "-");
const isLinux = existsSync("/proc/self/stat");
const mayUnshare = isLinux && spawnSync("unshare", ["-pf", "--mount-proc", "true"]).status === 0;

type Part = "host" | "pid" | "start" | "unique" | "boot" | "space";
const PARTS: readonly Part[] = ["host", "pid", "start", "unique", "boot", "space"];

/** This process as an owner, with other parts. */
function holderOf(change: { readonly [P in Part]?: string } = {}): string {
  const own = newHolder().split("/");
  return PARTS.map((part, i) => change[part] ?? own[i]).join("/");
}

/** The same owner as a build wrote it that knew neither boots nor namespaces. */
const asBefore = (holder: string): string => holder.split("/").slice(0, 4).join("/");

const idle = (): ChildProcess => spawn(process.execPath, ["-e", "process.stdin.resume()"]);

const statOf = (pid: number): readonly string[] => {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
};

const holderOfChild = ({ pid }: ChildProcess): string => holderOf({ pid: String(pid), start: statOf(pid!)[19]! });

const ended = async (child: ChildProcess): Promise<void> => {
  child.kill("SIGKILL");
  await once(child, "exit");
};

describe("a holder", () => {
  test("names host, process, its start, itself, boot and namespace; no two are alike", () => {
    const [first, second] = [newHolder(), newHolder()];
    expect(readHolder(first)).toStrictEqual({ host, pid: String(process.pid) });
    expect(first).not.toBe(second);
    expect(first.split("/")).toHaveLength(PARTS.length);
  });

  test("whose process has ended is dead", async () => {
    const gone = spawn(process.execPath, ["-e", ""]);
    const holder = holderOf({ pid: String(gone.pid), start: "" });
    await once(gone, "exit");
    expect(livenessOf(holder)).toBe("dead");
    expect(livenessOf(asBefore(holder))).toBe("dead");
  });

  test.runIf(isLinux)(
    "is alive while its process runs, stopped or not known to be, and dead after a kill",
    async () => {
      const child = idle();
      const holder = holderOfChild(child);
      expect(livenessOf(holder)).toBe("alive");
      child.kill("SIGSTOP");
      await vi.waitFor(() => expect(statOf(child.pid!)[0]).toBe("T"), { interval: 5 });
      expect(livenessOf(holder)).toBe("unknown");
      child.kill("SIGCONT");
      await vi.waitFor(() => expect(livenessOf(holder)).toBe("alive"), { interval: 5 });
      await ended(child);
      expect(livenessOf(holder)).toBe("dead");
    },
  );

  test.runIf(isLinux)("whose number another process has by now is dead", () => {
    expect(livenessOf(holderOf({ start: "1" }))).toBe("dead");
  });

  test.runIf(isLinux)("of this process is alive until its engine is closed", () => {
    const holder = newHolder();
    expect(livenessOf(holder)).toBe("alive");
    closeHolder(holder);
    expect(livenessOf(holder)).toBe("unknown");
  });

  test.runIf(isLinux)(
    "of another boot or another pid namespace may be alive, also if no such pid is here",
    async () => {
      const gone = idle();
      const pid = String(gone.pid);
      await ended(gone);
      expect(livenessOf(holderOf({ pid, start: "1" }))).toBe("dead");
      expect(livenessOf(holderOf({ pid, start: "1", boot: "0-0" }))).toBe("unknown");
      expect(livenessOf(holderOf({ pid, start: "1", space: "1-1" }))).toBe("unknown");
      expect(livenessOf(holderOf({ pid, start: "1", boot: "", space: "" }))).toBe("unknown");
      expect(livenessOf(holderOf({ boot: "0-0" }))).toBe("unknown");
    },
  );

  test.runIf(isLinux)("is known by boot and namespace, also if the machine has another name by now", () => {
    expect(livenessOf(holderOf({ host: "elsewhere", pid: "999999999", start: "1" }))).toBe("dead");
  });

  // Skipped where a process may not make a pid namespace.
  test.runIf(mayUnshare)("in a container with this host's name may be alive", async () => {
    const inside = spawn("unshare", ["-pf", "--mount-proc", "readlink", "/proc/self/ns/pid"]);
    let told = "";
    inside.stdout.on("data", (data: Buffer) => (told += data.toString()));
    await once(inside, "close");
    const space = `${/\[(\d+)\]/.exec(told)![1]}-${newHolder().split("/")[5]!.split("-")[1]}`;
    expect(livenessOf(holderOf({ pid: "1", start: "1", space }))).toBe("unknown");
    expect(livenessOf(holderOf({ pid: "1", start: "1" }))).toBe("dead");
  });

  test("of an earlier build is judged by its host, its pid and its start", () => {
    expect(livenessOf(asBefore(newHolder()))).toBe("unknown");
    expect(livenessOf(asBefore(holderOf({ host: "elsewhere", pid: "1" })))).toBe("unknown");
    if (isLinux) expect(livenessOf(asBefore(holderOf({ start: "1" })))).toBe("dead");
  });

  test("without a start, or that nobody can read, may be alive", () => {
    expect(livenessOf(holderOf({ start: "" }))).toBe("unknown");
    expect(livenessOf(`${host}/not-a-number/1/x`)).toBe("unknown");
    expect(livenessOf("")).toBe("unknown");
  });
});
