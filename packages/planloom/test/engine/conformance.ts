// What every engine must do, told against the contracts of engine, world and store alone. In: a way to open an engine and
// a store. Out: a suite of tests. Separate because each engine runs it, on each store that it can use.
import { budgetsConformance } from "./conformance-budgets.js";
import { peopleConformance } from "./conformance-people.js";
import { ownersConformance } from "./conformance-owners.js";
import { reconcileConformance } from "./conformance-reconcile.js";
import { recoveryConformance } from "./conformance-recovery.js";
import { stepsConformance } from "./conformance-steps.js";
import { rolesConformance } from "./conformance-roles.js";
import type { EventStore } from "../../src/store/event-store.js";
import { scenes, type OpenEngine } from "./scene.js";

/** `openStore` gives a ready store for one story, in which all engines of the story are opened; the suite closes both. */
export function engineConformance(name: string, openEngine: OpenEngine, openStore: () => Promise<EventStore>): void {
  const scene = scenes(openEngine, openStore);
  stepsConformance(name, scene);
  rolesConformance(name, scene);
  peopleConformance(name, scene);
  ownersConformance(name, scene);
  recoveryConformance(name, scene);
  reconcileConformance(name, scene);
  budgetsConformance(name, scene);
}
