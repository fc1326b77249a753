// The evidence card of a run. In: a run's id, and the result that was expected. Out: the card, as data or as Markdown.
import type { Json, LoomRun } from "planloom";
import { answered, get, post } from "./client.js";
import { runPath } from "./people.js";

export type EvidenceCard = Awaited<ReturnType<LoomRun["evidence"]>>;

/** `undefined`: nothing is compared. */
export type Expected = Json | undefined;

export const readCard = (runId: string, expected: Expected): Promise<EvidenceCard> =>
  expected === undefined
    ? get<EvidenceCard>(runPath(runId, "/evidence"))
    : post<EvidenceCard>(runPath(runId, "/evidence"), { expected });

export async function readCardMarkdown(runId: string, expected: Expected): Promise<string> {
  const headers = { accept: "text/markdown" };
  const sent = { method: "POST", body: JSON.stringify({ expected }) };
  const options =
    expected === undefined ? { headers } : { ...sent, headers: { ...headers, "content-type": "application/json" } };
  return (await answered(runPath(runId, "/evidence"), options)).text();
}

/** A JSON value, or a text as it is. */
export function expectedIn(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text.trim();
  }
}
