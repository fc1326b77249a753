// The list of trusted folders: who is in it, and when it counts for nothing.
import { chmodSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { isTrusted, readTrust, trustFolder, trustListPath, untrustFolder } from "../../src/files/trusted-folders.js";
import { giveAway, hasModes, isRoot, modeOf, newFolder, put } from "./places.js";

const NOW = "2026-01-02T03:04:05.000Z";

function user() {
  const home = newFolder();
  const project = join(home, "project");
  mkdirSync(project);
  const trusts = (folder: string, env = {}) => isTrusted(folder, readTrust(env, home));
  return { home, project, trusts, list: trustListPath({}, home) };
}

test("a folder is trusted after it was added and until it is removed; folders below and above are not", () => {
  const { home, project, trusts, list } = user();
  expect(trusts(project)).toBe(false);
  trustFolder(project, NOW, {}, home);
  trustFolder(project, NOW, {}, home);
  mkdirSync(join(project, "below"));
  expect([project, join(project, "below"), home].map((folder) => trusts(folder))).toEqual([true, false, false]);
  expect(readTrust({}, home).folders).toEqual([expect.objectContaining({ path: project, since: NOW })]);
  if (hasModes) expect([modeOf(list), modeOf(dirname(list))]).toEqual(["600", "700"]);
  expect([untrustFolder(project, {}, home), untrustFolder(project, {}, home)]).toEqual([true, false]);
  expect(trusts(project)).toBe(false);
});

test("a folder is known by its real path", () => {
  const { home, project, trusts } = user();
  const link = join(home, "link");
  symlinkSync(project, link);
  trustFolder(link, NOW, {}, home);
  expect([trusts(project), trusts(link)]).toEqual([true, true]);
  // Another folder in the place of the link is not the one that was trusted.
  mkdirSync(join(home, "other"));
  renameSync(join(home, "other"), join(home, "other-link"));
  symlinkSync(join(home, "other-link"), join(home, "link2"));
  expect(trusts(join(home, "link2"))).toBe(false);
});

test.runIf(isRoot)("trust ends when the folder has another owner", () => {
  const { home, project, trusts } = user();
  trustFolder(project, NOW, {}, home);
  giveAway(project);
  expect(trusts(project)).toBe(false);
  trustFolder(project, NOW, {}, home);
  expect(trusts(project)).toBe(true);
});

test("the environment names folders by their full paths", () => {
  const { home, project, trusts } = user();
  expect(trusts(project, { PLANLOOM_TRUST: `${join(home, "none")}:${project}` })).toBe(true);
  expect(trusts(join(project, "below"), { PLANLOOM_TRUST: project })).toBe(false);
  const { named, notes } = readTrust({ PLANLOOM_TRUST: ".:project" }, home);
  expect(named).toEqual([]);
  expect(notes).toEqual([
    { note: "trust-relative", given: "." },
    { note: "trust-relative", given: "project" },
  ]);
});

test("the list lies in the user's configuration folder", () => {
  expect(trustListPath({ XDG_CONFIG_HOME: "/home/ann/conf" }, "/home/ann")).toBe(
    "/home/ann/conf/planloom/trusted-folders.json",
  );
  // A relative path would lead into the working folder.
  expect(trustListPath({ XDG_CONFIG_HOME: "conf" }, "/home/ann")).toBe(
    "/home/ann/.config/planloom/trusted-folders.json",
  );
});

test.each([
  ["{ not JSON", "unreadable"],
  ["[]", "no-list"],
  ['{ "folders": [{ "path": 7 }] }', "no-list"],
])("a list with %s counts as empty, and nothing is added to it", (text, fault) => {
  const { home, project, list } = user();
  put(list, text);
  expect(readTrust({}, home)).toMatchObject({ folders: [], notes: [{ note: "trust-list-not-used", fault }] });
  expect(() => trustFolder(project, NOW, {}, home)).toThrow(expect.objectContaining({ code: "TRUST_LIST_FAILED" }));
  expect(readFileSync(list, "utf8")).toBe(text);
});

test.runIf(hasModes)("a list that others could have written counts as empty", () => {
  const { home, project, trusts, list } = user();
  trustFolder(project, NOW, {}, home);
  chmodSync(list, 0o666);
  expect(trusts(project)).toBe(false);
  expect(readTrust({}, home).notes).toMatchObject([{ fault: "writable" }]);
  chmodSync(list, 0o600);
  expect(trusts(project)).toBe(true);
  if (isRoot) {
    giveAway(list);
    expect(readTrust({}, home).notes).toMatchObject([{ fault: "owner" }]);
    expect(trusts(project)).toBe(false);
  }
});

test("a list that is a link counts as empty", () => {
  const { home, project, trusts, list } = user();
  trustFolder(project, NOW, {}, home);
  renameSync(list, `${list}.real`);
  symlinkSync(`${list}.real`, list);
  expect(trusts(project)).toBe(false);
  writeFileSync(`${list}.real`, "{}");
  expect(() => untrustFolder(project, {}, home)).toThrow(expect.objectContaining({ code: "TRUST_LIST_FAILED" }));
});
