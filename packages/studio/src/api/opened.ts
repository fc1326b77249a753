// Exported runs that the server has opened. In: a file. Out: the id under which its run is read, in every address and
// request that names a run.
import { answered } from "./client.js";

/** The answer of POST /v1/opened. */
export interface OpenedFile {
  readonly id: string;
  readonly runId: string;
  readonly goal: string;
  /** null: no secret was found when the run was exported. */
  readonly replaced: { readonly secrets: readonly string[]; readonly events: number } | null;
  readonly until: string;
}

/** A run of a file is only read. */
export const isOpenedId = (runId: string): boolean => /^file~[\w-]{22}$/u.test(runId);

/** The file is sent as it is: the server says what is wrong with it. */
export async function openFile(file: Blob): Promise<OpenedFile> {
  const headers = { "content-type": "application/json" };
  const response = await answered("/v1/opened", { method: "POST", headers, body: file });
  return (await response.json()) as OpenedFile;
}
