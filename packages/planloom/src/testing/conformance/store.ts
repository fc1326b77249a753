// The conformance suite of stores. It uses only the contract. In: a way to open a store. Out: stories, which any test
// runner can run.
import { listStories } from "./store-list.js";
import { logStories } from "./store-log.js";
import { ownerStories } from "./store-owner.js";
import type { OpenStore } from "./store-sample.js";
import { closedAfter, type ConformanceStory } from "./story.js";

const STORIES = [...logStories, ...listStories, ...ownerStories];

export interface StoreConformanceOptions {
  /** A ready store. Stories may share one: each uses runs of its own. The story closes it. */
  readonly openStore: OpenStore;
}

/** The required behaviour of every store. Run each of these stories as one test. */
export function storeConformance({ openStore }: StoreConformanceOptions): readonly ConformanceStory[] {
  return STORIES.map(({ name, run }) => ({
    name,
    run: () => closedAfter((closing) => run(async () => closing.add(await openStore()))),
  }));
}
