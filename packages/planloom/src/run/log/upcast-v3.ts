// Brings a version-3 event into version 4, which has other names for three fields. In: the event. Out: the event under
// these names. The rules here are frozen.
import type { Upcaster } from "./recorded-event.js";

export const upcastVersion3: Upcaster = (recorded) => {
  const names = Object.hasOwn(RENAMED, recorded.type) ? RENAMED[recorded.type]! : {};
  const data = Object.entries(recorded.data).map(([field, value]) => [names[field] ?? field, value] as const);
  return { ...recorded, data: Object.fromEntries(data) };
};

/** By type: the new name of each field. */
const RENAMED: { readonly [type: string]: { readonly [field: string]: string } } = {
  "run.reopened": { anew: "restarted", asked: "requestedApproval" },
  "plan.proposed": { basis: "replaces" },
};
