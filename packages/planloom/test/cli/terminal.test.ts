// The command line in a real pseudo-terminal: a table, lines of a tool, a question and a smaller window share it. The
// bytes are drawn on a screen here, as a terminal draws them.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { BIN, workspace } from "./planloom.js";

const PTY = fileURLToPath(new URL("terminal.py", import.meta.url));
const hasPython = spawnSync("python3", ["-c", "import pty"]).status === 0;

/** The lines of a screen without an end, after these bytes. Wide characters are not needed here. */
function screenAfter(bytes: string): readonly string[] {
  const lines: string[][] = [[]];
  let [row, column] = [0, 0];
  for (const [part, parameter = "", command] of bytes.matchAll(/\u001b\[\??([\d;]*)([A-Za-z])|[^]/gu)) {
    const line = (lines[row] ??= []);
    if (command === "A") row = Math.max(0, row - Number(parameter || 1));
    else if (command === "G") column = Number(parameter || 1) - 1;
    else if (command === "K") line.length = Math.min(line.length, column);
    else if (command === "J") {
      line.length = Math.min(line.length, column);
      lines.length = row + 1;
    } else if (command !== undefined) continue;
    else if (part === "\r") column = 0;
    else if (part === "\n") row++;
    else line[column++] = part;
  }
  return Array.from(lines, (line) =>
    Array.from(line ?? [], (character) => character ?? " ")
      .join("")
      .trimEnd(),
  );
}

test.skipIf(!hasPython)("a table, lines of tools and a question share the terminal", () => {
  const here = workspace();
  here.write(
    "c.mjs",
    `import { tool } from "planloom";
    const wait = (ms) => new Promise((done) => setTimeout(done, ms));
    export default { approval: "never", tools: [tool({ name: "slow", description: "Waits.", effects: "none",
      input: { type: "object", properties: { ms: { type: "number" } }, required: ["ms"], additionalProperties: false },
      run: async ({ ms }) => { console.log("tool line " + ms); await wait(ms); return "ok"; } })] };`,
  );
  here.write("p.json", {
    steps: [
      { id: "first", tool: "slow", with: { ms: 700 } },
      { id: "colour", after: ["first"], ask: "Which colour?", with: { room: "hall 7" }, output: '"red" | "blue"' },
      { id: "last", after: ["colour"], tool: "slow", with: { ms: 701 } },
    ],
    answer: { value: "${{ colour }}" },
  });
  const steps = [
    { when: "running", size: [24, 60] },
    { when: "leave it waiting): ", send: "green\r" },
    { when: "leave it waiting): ", send: "blue\r" },
  ];
  const command = [process.execPath, BIN, "run", "p.json", "--config", "c.mjs", "--store", "memory"];
  const { stdout, status } = spawnSync("python3", [PTY, "24", "90", JSON.stringify(steps), ...command], {
    cwd: here.folder,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], HOME: here.folder, PLANLOOM_TRUST: here.folder, TERM: "xterm", NO_COLOR: "1" },
  });
  expect(status, stdout).toBe(0);
  const screen = screenAfter(stdout);
  const text = screen.join("\n");
  // The question has its data and its choices, and both lines of the person are left as they were typed.
  expect(text).toMatch(/Step colour of run run_\w+ asks: {2}Which\s+│ colour\?/);
  expect(text).toContain('  room       "hall 7"');
  expect(text).toContain('  of type    "red" | "blue"');
  expect(screen.filter((line) => /^answer \(empty to leave it waiting\): (green|blue)$/.test(line))).toHaveLength(2);
  // Each line of a tool stands alone, and of all tables only the last one is left.
  expect(screen.filter((line) => line.includes("tool line"))).toEqual(["tool line 700", "tool line 701"]);
  expect(screen.filter((line) => /^ {2}\S last /.test(line))).toHaveLength(1);
  expect(screen.filter((line) => / of 3 completed /.test(line))).toHaveLength(1);
  expect(text).toContain("=== COMPLETED ===");
});
