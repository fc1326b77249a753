// The conformance suite of engines. It uses only the contracts of engine, perform and store. In: a way to open an
// engine, and a store. Out: stories, which any test runner can run.
import type { OpenEngine } from "../../engine/open-engine.js";
import type { EventStore } from "../../store/event-store.js";
import { budgetsStories } from "./engine-budgets.js";
import { childrenStories } from "./engine-children.js";
import { ownersStories } from "./engine-owners.js";
import { peopleStories } from "./engine-people.js";
import { questionsStories } from "./engine-questions.js";
import { reconcileStories } from "./engine-reconcile.js";
import { recoveryStories } from "./engine-recovery.js";
import { rolesStories } from "./engine-roles.js";
import { stepsStories } from "./engine-steps.js";
import { toolsStories } from "./engine-tools.js";
import { unusableStories } from "./engine-unusable.js";
import { scenes, type EngineNeed, type OpenScene } from "./scene.js";
import { closedAfter, type ConformanceStory, type StoryOn } from "./story.js";

const STORIES: readonly StoryOn<OpenScene, EngineNeed>[] = [
  ...stepsStories,
  ...rolesStories,
  ...peopleStories,
  ...questionsStories,
  ...ownersStories,
  ...recoveryStories,
  ...reconcileStories,
  ...unusableStories,
  ...toolsStories,
  ...budgetsStories,
  ...childrenStories,
];

export interface EngineConformanceOptions {
  readonly openEngine: OpenEngine;
  /** A ready store for one story. All engines of the story share it; the story closes it. */
  readonly openStore: () => Promise<EventStore>;
  /** Whether engines of several processes may drive runs of one store at the same time. Default: true. */
  readonly processes?: boolean;
  /** Whether the engine runs sub-plans: it gives `children` to what it performs. Default: false. */
  readonly children?: boolean;
}

/** The required behaviour of every engine. Run each of these stories as one test. */
export function engineConformance(options: EngineConformanceOptions): readonly ConformanceStory[] {
  const { openEngine, openStore, processes = true, children = false } = options;
  const has = { processes, children };
  const told = STORIES.filter(({ needs }) => needs === undefined || has[needs]);
  return told.map(({ name, run }) => ({
    name,
    run: () => closedAfter((closing) => run(scenes(openEngine, openStore, closing))),
  }));
}
