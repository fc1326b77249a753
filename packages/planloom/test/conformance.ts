// A conformance suite run by vitest. In: its stories. Out: one test for each.
import { describe, test } from "vitest";
import type { ConformanceStory } from "../src/testing/conformance/story.js";

export function testEach(what: string, stories: readonly ConformanceStory[]): void {
  describe(what, () => {
    for (const { name, run } of stories) test(name, run);
  });
}
