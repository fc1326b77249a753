// docs/failures-and-approval.md against the sources: what it names is there, and the lists that it repeats are whole.
import { expect, test } from "vitest";
import { existsSync } from "node:fs";
import { LoomRun } from "../../src/loom/loom-run.js";
import { LIMITS } from "../../src/limits.js";
import { codesIn, document, matches, section, sources } from "./codes.js";

const page = document("failures-and-approval.md");

test("every code that it names is in the sources", () => {
  const named = [...new Set(matches(page, /`([A-Z]+(?:_[A-Z]+)*)`/g))];
  const known = codesIn(sources());
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((code) => !known.has(code))).toEqual([]);
});

test("it names every failure that no other plan helps against", () => {
  const [policy = ""] = sources("run").filter((text) => text.includes("const NOT_FOR_PLANNERS"));
  const set = /NOT_FOR_PLANNERS[^[]*\[([^\]]*)\]/.exec(policy)?.[1] ?? "";
  const [row = ""] = page.split("\n").filter((line) => line.startsWith("| another plan would not help"));
  expect(matches(row, /`([A-Z_]+)`/g)).toEqual(matches(set, /"([A-Z_]+)"/g));
});

test("every event that it names is one, and every method of a run", () => {
  const types = new Set(sources("run").flatMap((text) => matches(text, /^ {2}"([a-z]+\.[A-Za-z]+)"/gm)));
  const events = matches(page, /`((?:plan|step|replan|approval|budget)\.[a-zA-Z]+)`/g);
  expect(events.length).toBeGreaterThan(5);
  expect(events.filter((type) => !types.has(type))).toEqual([]);
  const methods = matches(page, /\brun\.([a-zA-Z]+)\(/g);
  expect(methods.length).toBeGreaterThan(10);
  expect(methods.filter((name) => !(name in LoomRun.prototype))).toEqual([]);
});

test("its limits are those of the code", () => {
  const shown = matches(section(page, "## Budgets and limits"), /^\| `limits\.(\w+)` \| \d+ \|/gm);
  expect(shown).toEqual(["replans", "rejections", "repairRounds", "turns"]);
  const rows = shown.map((name) => Number(new RegExp(`^\\| \`limits\\.${name}\` \\| (\\d+) \\|`, "m").exec(page)?.[1]));
  expect(rows).toEqual([LIMITS.replans, LIMITS.rejections, LIMITS.repairRounds, LIMITS.turns]);
});

test("its links lead somewhere", () => {
  const links = matches(page, /\]\(([^)#]+)(?:#[^)]*)?\)/g);
  const dead = links.filter((link) => !existsSync(new URL(`../../../../docs/${link}`, import.meta.url)));
  expect(dead).toEqual([]);
});
