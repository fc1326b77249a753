// Parts that tests of stores share beside those of the conformance suite. In: nothing. Out: a folder.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

export {
  chain,
  completedEvent as completed,
  entry,
  goalChanged,
  headAt,
  eventsAndHead as recorded,
  row,
  started,
} from "../../src/testing/conformance/store-sample.js";

/** A folder that goes when the test ends. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "planloom-store-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
