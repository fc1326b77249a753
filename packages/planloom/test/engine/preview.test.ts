// Tests of the preview of a call: what a person is shown before an approval. In: a tool that says what it would change.
// Out: the review of a plan and of a call.
import { expect, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { reviewPreviewLines } from "../../src/cli/render/preview.js";
import { LIMITS } from "../../src/limits.js";
import { createLoom } from "../../src/loom/create-loom.js";
import type { LoomRun } from "../../src/loom/loom-run.js";
import type { CallReview } from "../../src/loom/review/call-review.js";
import type { PlanReview } from "../../src/loom/review/plan-review.js";
import { memoryStore } from "../../src/store/memory.js";
import { tool, type ToolContext } from "../../src/tools/tool.js";
import { fakeClock } from "../../src/testing/fake-clock.js";

const SECRET = "s3cret-value-of-the-test";

interface Note {
  readonly path: string;
  readonly text: string;
}
type Preview = (note: Note, context: Pick<ToolContext, "signal" | "context">) => unknown;

const whole: Preview = ({ path, text }) => ({ kind: "diff", path, text: `@@ -0,0 +1 @@\n+${text}\n` });

async function loomWith(preview: Preview, clock = fakeClock(1_000)) {
  const saved: unknown[] = [];
  const save = tool({
    name: "save",
    description: "Saves a note.",
    input: z.object({ path: z.string(), text: z.string() }),
    effects: "idempotent",
    approval: "required",
    content: ["text"],
    preview: preview as () => never,
    run: (note) => (saved.push(note), note.text),
  });
  const loom = await createLoom(
    { store: memoryStore(), tools: [save], approval: "always", secrets: { TOKEN: SECRET } },
    { env: {}, clock },
  );
  onTestFinished(() => loom.close());
  return { loom, saved };
}

const step = (id: string, text: unknown, more: object = {}) => ({
  id,
  title: `Save ${id}`,
  tool: "save",
  with: { path: `${id}.md`, text },
  ...more,
});
const PLAN = {
  goal: "Save notes",
  steps: [step("first", "one"), step("second", "${{ first }}")],
  answer: { value: "${{ second }}" },
};

const hashIn = async (run: LoomRun): Promise<string> => (await run.result()).waiting!.approvals[0]!.hash;
const planReview = async (run: LoomRun) => (await run.review(await hashIn(run))) as PlanReview;
const callReview = async (run: LoomRun) => {
  await run.approve(await hashIn(run));
  return (await run.review(await hashIn(run))) as CallReview;
};

test("a plan shows what its steps would change, if their arguments are known; a call shows it when it waits", async () => {
  const { loom, saved } = await loomWith(whole);
  const run = await loom.start("Save notes", { plan: PLAN });
  const plan = await planReview(run);
  expect(plan.steps.map(({ preview }) => preview)).toEqual([
    { kind: "diff", path: "first.md", text: "@@ -0,0 +1 @@\n+one\n" },
    undefined,
  ]);
  expect(reviewPreviewLines(plan)).toEqual(["  step first would change  first.md", "  │ @@ -0,0 +1 @@", "  │ +one"]);
  const first = await callReview(run);
  expect(first.preview).toEqual({ kind: "diff", path: "first.md", text: "@@ -0,0 +1 @@\n+one\n" });
  await run.approve(first.hash);
  const second = (await run.review(await hashIn(run))) as CallReview;
  expect(second.preview).toMatchObject({ path: "second.md", text: "@@ -0,0 +1 @@\n+one\n" });
  expect(saved).toHaveLength(1);
  await run.approve(second.hash);
  await run.result();
  expect((await run.review(second.hash)) as CallReview).not.toHaveProperty("preview");
  expect(JSON.stringify(await loom.store.read(run.id))).not.toContain("@@");
});

test("a secret is not revealed to a preview, and its value in a preview is taken out", async () => {
  const seen = vi.fn();
  const { loom } = await loomWith((note) => (seen(note), { kind: "text", text: `now: ${SECRET}, then ${note.text}` }));
  const plan = { ...PLAN, steps: [step("first", { secret: "TOKEN" })], answer: { value: "done" } };
  const { preview } = (await planReview(await loom.start("Save notes", { plan }))).steps[0]!;
  expect(seen).toHaveBeenCalledWith({ path: "first.md", text: "(the secret TOKEN)" });
  expect(preview).toMatchObject({ kind: "text" });
  expect(JSON.stringify(preview)).not.toContain(SECRET);
});

test.each<[string, Preview, unknown]>([
  [
    "throws",
    () => {
      throw new Error("the disk is gone.");
    },
    { kind: "failed", note: "The call has no preview: the disk is gone." },
  ],
  [
    "gives no preview",
    () => ({ text: "a" }),
    { kind: "failed", note: expect.stringContaining('kind: "diff"') as string },
  ],
  [
    "gives too much",
    () => ({ kind: "text", text: "a line\n".repeat(LIMITS.callPreviewChars) }),
    {
      kind: "text",
      note: expect.stringMatching(/^The end of the preview is left out: [\d,]+ characters\.$/u) as string,
    },
  ],
])("a tool that %s fails no review", async (_, preview, expected) => {
  const { loom } = await loomWith(preview);
  const [first] = (await planReview(await loom.start("Save notes", { plan: PLAN }))).steps;
  expect(first!.preview).toMatchObject(expected as object);
});

test("a tool without a preview gives none, and a definition with another preview than a function is refused", async () => {
  const definition = {
    name: "plain",
    description: "Does it.",
    input: z.object({}),
    effects: "once" as const,
    run: () => 1,
  };
  expect(tool(definition).preview).toBeUndefined();
  expect(() => tool({ ...definition, preview: "yes" as never })).toThrow(/preview: "yes"/u);
});

test("a preview that does not come in time is given up, and its signal is aborted", async () => {
  const clock = fakeClock(1_000);
  const aborted = vi.fn();
  let asked!: () => void;
  const isAsked = new Promise<void>((resolve) => (asked = resolve));
  const { loom } = await loomWith(
    (_, { signal }) =>
      new Promise(() => {
        signal.addEventListener("abort", aborted);
        asked();
      }),
    clock,
  );
  const run = await loom.start("Save notes", { plan: PLAN });
  const reviewed = planReview(run);
  await isAsked;
  await clock.advance(LIMITS.callPreviewMs);
  await clock.advance(LIMITS.graceMs);
  expect((await reviewed).steps[0]!.preview).toMatchObject({ kind: "failed" });
  expect(aborted).toHaveBeenCalled();
});

test("a plan with many calls has previews for the first ones, and the others say so", async () => {
  const { loom } = await loomWith(whole);
  const steps = Array.from({ length: LIMITS.planPreviews + 1 }, (_, at) => step(`s${at}`, "x"));
  const plan = { goal: "Save notes", steps, answer: { value: "done" } };
  const { steps: shown } = await planReview(await loom.start("Save notes", { plan }));
  expect(shown.at(-2)!.preview).toMatchObject({ kind: "diff" });
  expect(shown.at(-1)!.preview).toEqual({
    kind: "failed",
    note: "Only 16 calls of a plan are shown with a preview. This call has none.",
  });
});
