// Tells what is known of the models before a plan is made or approved, and what was found out when it has ended. In: a
// loom. Out: lines on the terminal.
import type { Loom } from "../loom/loom.js";
import { say } from "./output.js";

/** Tells the notes that were not told yet. `told` holds those that were, and grows. */
export function tellModelNotes(loom: Loom, told: Set<string> = new Set()): void {
  for (const { role, note, message } of loom.modelNotes()) {
    if (told.has(`${role} ${note}`)) continue;
    told.add(`${role} ${note}`);
    say(`note: ${role}: ${message}`);
  }
}
