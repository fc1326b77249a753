// Tells what is known of the models before a plan is made or approved. In: a loom. Out: lines on the terminal.
import type { Loom } from "../loom/loom.js";
import { say } from "./output.js";

export function tellModelNotes(loom: Loom): void {
  for (const { role, message } of loom.modelNotes()) say(`note: ${role}: ${message}`);
}
