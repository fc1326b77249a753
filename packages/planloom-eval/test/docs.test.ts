// docs/plan-intake.md names every error of the command, and no other.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const src = join(import.meta.dirname, "..", "src");
const page = readFileSync(join(import.meta.dirname, "..", "..", "..", "docs", "plan-intake.md"), "utf8");
const section = page.slice(page.indexOf("### Errors\n"), page.indexOf("### Stages\n"));

test("every code of the command is explained, and each explained code exists", () => {
  const text = readdirSync(src)
    .map((name) => readFileSync(join(src, name), "utf8"))
    .join("\n");
  const made = [...text.matchAll(/(?:EvalError\(|say\(|code: )\s*"([A-Z_]{4,})"/g)].map(([, code]) => code);
  // Findings are those of planloom: docs/plan-format.md explains them.
  const own = made.filter((code) => !["BAD_SYNTAX", "NO_PLAN", "UNKNOWN_DEPENDENCY"].includes(code!));
  const explained = [...section.matchAll(/^\| (`[A-Z_]+`(?:, `[A-Z_]+`)*) \|/gm)].flatMap(([, cell]) =>
    [...cell!.matchAll(/[A-Z_]+/g)].map(([code]) => code),
  );
  expect([...new Set(own)].sort()).toEqual([...explained].sort());
});
