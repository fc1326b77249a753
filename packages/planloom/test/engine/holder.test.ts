// The owner of a run, and whether its process is still alive. Real processes, started and ended here.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { describe, expect, test } from "vitest";
import { livenessOf, newHolder } from "../../src/engine/holder.js";

const host = hostname().replaceAll("/", "-");

/** The holder that a process would be, with parts changed. */
function holderOf(change: { readonly host?: string; readonly pid?: number; readonly start?: string } = {}): string {
  const [ownHost, pid, start, unique] = newHolder().split("/");
  return [change.host ?? ownHost, change.pid ?? pid, change.start ?? start, unique].join("/");
}

describe("a holder", () => {
  test("names host, process, its start and itself; no two are alike", () => {
    const [first, second] = [newHolder(), newHolder()];
    expect(first.split("/").slice(0, 2)).toStrictEqual([host, String(process.pid)]);
    expect(first).not.toBe(second);
    expect(first.split("/")).toHaveLength(4);
  });

  test("that is this very process may be alive", () => {
    expect(livenessOf(newHolder())).toBe("unknown");
  });

  test("whose process has ended is dead", async () => {
    const gone = spawn(process.execPath, ["-e", ""]);
    const holder = holderOf({ pid: gone.pid!, start: "" });
    await once(gone, "exit");
    expect(livenessOf(holder)).toBe("dead");
  });

  test("that was killed is dead", async () => {
    const killed = spawn(process.execPath, ["-e", "process.stdin.resume()"]);
    const holder = holderOf({ pid: killed.pid!, start: "" });
    expect(livenessOf(holder)).toBe("unknown");
    killed.kill("SIGKILL");
    await once(killed, "exit");
    expect(livenessOf(holder)).toBe("dead");
  });

  test.runIf(existsSync("/proc/self/stat"))("whose number another process has by now is dead", () => {
    expect(livenessOf(holderOf({ start: "1" }))).toBe("dead");
  });

  test("of which the start is not known may be alive", () => {
    expect(livenessOf(holderOf({ start: "" }))).toBe("unknown");
  });

  test("on another host, or one that nobody can read, may be alive", () => {
    expect(livenessOf(holderOf({ host: "elsewhere", pid: 1 }))).toBe("unknown");
    expect(livenessOf(`${host}/not-a-number/1/x`)).toBe("unknown");
    expect(livenessOf("")).toBe("unknown");
  });
});
