// Gets the previews of the calls that wait, for the lines about them. In: a run and what waits in it. Out: lines by the
// hash of the approval. The tools are asked now, and nothing is written.
import type { WaitingDocument } from "../loom/document.js";
import type { LoomRun } from "../loom/loom-run.js";
import { reviewPreviewLines } from "./render/preview.js";
import { withLoom, type StoreFlags } from "./open-loom.js";

export type PreviewsByHash = ReadonlyMap<string, readonly string[]>;

/** An approval that was answered meanwhile has none. */
export async function previewsOf(run: LoomRun, waiting: WaitingDocument | undefined): Promise<PreviewsByHash> {
  const hashes = (waiting?.approvals ?? []).map(({ hash }) => hash);
  const lines = await Promise.all(hashes.map((hash) => previewLinesOf(run, hash)));
  return new Map(hashes.map((hash, at) => [hash, lines[at]!]));
}

export const previewLinesOf = (run: LoomRun, hash: string): Promise<readonly string[]> =>
  run.review(hash).then(reviewPreviewLines, () => []);

/**
 * The same for a command that only reads: the tools of the configuration are opened for it. A configuration that does
 * not open, or code that is not trusted, gives no previews and hides no run.
 */
export async function previewsToRead(
  runId: string,
  waiting: WaitingDocument | undefined,
  flags: StoreFlags,
): Promise<PreviewsByHash> {
  if (waiting === undefined || waiting.approvals.length === 0) return new Map();
  const use = { config: "read", store: "if-there", models: "not-called" } as const;
  const look = async (run: LoomRun) => previewsOf(run, waiting);
  return withLoom(
    { ...flags, quiet: true },
    (config) => config,
    async (loom) => look(await loom.get(runId)),
    {},
    use,
  ).catch(() => new Map());
}
