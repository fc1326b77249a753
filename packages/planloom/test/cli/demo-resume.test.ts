// A run of the demo that was interrupted. In: a signal in the middle of it, and the command that it prints. Out: the
// run, completed by that command in another folder, with the demo's own tools and model.
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { workspace } from "./planloom.js";

test.skipIf(process.platform === "win32")("goes on with the printed command, from another folder", async () => {
  const here = workspace();
  mkdirSync(join(here.folder, "it's here"));
  const live = here.begin(["demo"], { below: "it's here" });
  await live.said("=== EXECUTING");
  live.child.kill("SIGINT");
  const { code, stderr } = await live.ended;
  expect(code).toBe(130);
  const command = /next: Continue with `(?:npx )?planloom (resume .*)`/.exec(stderr)?.[1] ?? "";
  expect(command).toContain("planloom.db'");
  const words = execFileSync("/bin/sh", ["-c", `printf '%s\\n' ${command}`], { encoding: "utf8" })
    .trim()
    .split("\n");
  const again = await here.run([...words, "--quiet"]);
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining("Brightwater Labs") as string });
});
