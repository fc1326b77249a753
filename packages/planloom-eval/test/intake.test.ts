// `npm run eval:intake` on small recordings of our own making: each part finds its data, measures it against its own
// truth, and says so where it has none. The recordings of others are no part of this repository.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { NESTFUL_GOLD, NESTFUL_TOOLS, node, taskbench, TASKBENCH_TOOLS } from "./samples.js";

interface Part {
  readonly title: string;
  readonly markdown: string;
  readonly ok: boolean;
  readonly figures: unknown;
}

const scripts = path.join(import.meta.dirname, "..", "..", "..", "scripts", "intake");

async function measure(part: string, data: string | undefined): Promise<Part> {
  const module = (await import(pathToFileURL(path.join(scripts, `${part}.mjs`)).href)) as {
    readonly measure: (data: string | undefined) => Promise<Part>;
  };
  return module.measure(data);
}

function dataIn(files: { readonly [name: string]: unknown }): string {
  const folder = mkdtempSync(path.join(tmpdir(), "planloom-intake-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  }
  return folder;
}

test.each(["taskbench", "nestful-eval", "planbench"])(
  "%s says where it has no data, and nothing is wrong",
  async (part) => {
    for (const data of [undefined, dataIn({})]) {
      expect(await measure(part, data)).toMatchObject({ ok: true, figures: undefined });
    }
  },
);

test("taskbench: defects by a truth of its own, and how often the right tool is suggested", async () => {
  const link: [string, string][] = [["Sound Finder", "Sound-to-Score"]];
  const records = [
    taskbench("sound", [node("Sound Finder", "x"), node("Sound-to-Score", "<node-0>")], link),
    taskbench("tool", [node("Sound Findr", "x")], []),
    taskbench("self", [node("Sound Finder", "x")], [["Sound Finder", "Sound Finder"]]),
    taskbench("nowhere", [node("Sound-to-Score", "x")], link),
  ];
  const data = dataIn({
    "taskbench/sounds.tool_desc.json": TASKBENCH_TOOLS,
    "taskbench/sounds.model.jsonl": records.map((record) => JSON.stringify(record)).join("\n"),
  });
  const { ok, figures } = await measure("taskbench", data);
  expect(ok).toBe(true);
  expect(figures).toEqual({
    "sounds.model.jsonl": expect.objectContaining({
      records: 4,
      sound: 1,
      hardDefect: 3,
      refusedRightly: 3,
      soundRefused: 0,
      disagreements: [],
    }) as unknown,
  });
});

test("nestful: scores with a known answer", async () => {
  const data = dataIn({
    "nestful/executable-data.json": [{ input: "Rain in Bern?", output: NESTFUL_GOLD }],
    "nestful/executable-spec.json": NESTFUL_TOOLS,
  });
  expect((await measure("nestful-eval", data)).ok).toBe(true);
});

test("planbench: what the rule saves and what it loses", async () => {
  const unmet = (step: number) =>
    `The above plan is invalid.The following action at step ${step} has an unmet precondition:\nload p\nThe unmet precondition is:\np is at l`;
  const dialogue = (correct: boolean, ...answers: string[]) => ({
    correct,
    messages: [
      { role: "system", content: "" },
      { role: "user", content: "Plan." },
      ...answers.flatMap((content) => [
        { role: "assistant", content: "draft" },
        { role: "user", content },
      ]),
      { role: "assistant", content: "last draft" },
    ],
  });
  const instances = [
    dialogue(true),
    dialogue(true, unmet(1), unmet(1), unmet(2)),
    dialogue(false, ...Array.from({ length: 5 }, () => unmet(3))),
  ];
  const { ok, figures } = await measure("planbench", dataIn({ "planbench/a.json": { instances } }));
  expect(ok).toBe(true);
  const [none, first, ours] = (figures as { readonly replays: readonly object[] }).replays;
  expect(none).toMatchObject({ solved: 2, rounds: 8, stopped: 0 });
  expect(first).toMatchObject({ solved: 1, lostByRule: 1 });
  expect(ours).toMatchObject({ solved: 2, rounds: 5, stopped: 1, lostByRule: 0, longest: 3 });
});
