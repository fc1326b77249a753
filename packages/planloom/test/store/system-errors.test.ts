// What the system refuses: too many open files, read-only media, a quota. In: a process at its limit, and the errors of
// the system. Out: a code and advice of its own for each.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sqliteError, systemError } from "../../src/store/sqlite-error.js";
import { folder } from "./sample.js";

const dist = new URL("../../dist/index.js", import.meta.url).href;

/** Opens a store when no further file can be opened, and prints the error. */
const AT_THE_LIMIT = `
  import { openSync } from "node:fs";
  const { openSqliteStore } = await import(process.argv[1]);
  await (await openSqliteStore({ path: process.argv[2] })).close();
  try { for (;;) openSync("/dev/null", "r"); } catch {}
  const error = await openSqliteStore({ path: process.argv[2] }).catch((thrown) => thrown);
  console.log(JSON.stringify({ code: error.code, params: error.params, next: error.next }));
`;

test.skipIf(process.platform === "win32")("too many open files are named, with what to do", () => {
  const path = join(folder(), "runs.db");
  const words = [process.execPath, "--input-type=module", "-e", AT_THE_LIMIT, dist, path];
  const { stdout } = spawnSync("sh", ["-c", 'ulimit -n 256 && exec "$@"', "sh", ...words], { encoding: "utf8" });
  expect(JSON.parse(stdout)).toMatchObject({
    code: "STORE_FAILED",
    params: { problem: "descriptors" },
    next: expect.stringContaining("ulimit -n") as string,
  });
});

test.each([
  ["EDQUOT", { code: "STORE_FULL", params: { quota: true } }],
  ["ENOSPC", { code: "STORE_FULL" }],
  ["ENFILE", { code: "STORE_FAILED", params: { problem: "descriptors" } }],
  ["EROFS", { code: "STORE_FAILED", params: { problem: "read-only" } }],
])("%s has an error of its own", (errno, expected) => {
  expect(systemError(Object.assign(new Error(errno), { code: errno }), "runs.db")).toMatchObject(expected);
});

test("SQLite's own refusal to write is a read-only store", () => {
  const thrown = Object.assign(new Error("attempt to write a readonly database"), { errcode: 8 });
  expect(sqliteError(thrown, "runs.db")).toMatchObject({ code: "STORE_FAILED", params: { problem: "read-only" } });
});
