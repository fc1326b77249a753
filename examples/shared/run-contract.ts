// The document that `planloom run --json` promises to print. In: a document. Out: the same, or an error that names the
// field which is not as promised. Separate because others build on it, so every example holds its run against it.
import type { RunDocument } from "planloom";
import { z } from "zod";

const time = z.iso.datetime();
const count = z.int().nonnegative();
const usage = z.object({ calls: count, inputTokens: count.nullable(), outputTokens: count.nullable() });
const work = {
  status: z.string(),
  attempts: count,
  input: z.json().optional(),
  output: z.json().optional(),
  usage: usage.optional(),
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
};
const plan = z.object({
  revision: z.int().positive(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  goal: z.string(),
  steps: z.array(z.object({ id: z.string() })).min(1),
});
const runContract = z.object({
  runId: z.string().min(1),
  status: z.string(),
  success: z.boolean(),
  goal: z.string().min(1),
  answer: z.json(),
  plan,
  plans: z.array(plan).min(1),
  steps: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      revision: z.int().positive(),
      tool: z.string().optional(),
      ...work,
      items: z.array(z.object({ index: count, ...work })).optional(),
    }),
  ),
  stepsTotal: count,
  stepsCompleted: count,
  replanCount: count,
  usage: z.object({ planner: usage, executor: usage, synthesizer: usage }),
});

/** One JSON document and nothing else, with every field of the contract. Throws where it is not. */
export function readRunDocument(stdout: string): RunDocument {
  const document: unknown = JSON.parse(stdout);
  runContract.parse(document);
  return document as RunDocument;
}
