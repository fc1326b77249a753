// The words for the configuration that a process has loaded. In: its file, or where none was found. Out: a sentence for
// the message of an error, and the next step for a folder that is not trusted.
import type { Sentence } from "./action.js";

/** `config` is the file that was loaded, null if there is none. Absent: a program gave the configuration. */
export interface LoadedConfig {
  readonly config?: string | null;
  /** The folder where one was looked for. */
  readonly searched?: string;
  /** The folder of one that did not run, because it is not trusted. */
  readonly untrusted?: string;
}

/** Begins with a space. "" if a program gave the configuration. */
export function configText({ config, searched, untrusted }: LoadedConfig): string {
  if (untrusted !== undefined) return ` The configuration in ${untrusted} did not run, because it is not trusted.`;
  if (config === undefined) return "";
  if (config !== null) return ` The configuration is ${config}.`;
  return ` No configuration was found${searched === undefined ? "" : ` in ${searched}`}.`;
}

/** Trust comes before the other steps. */
export const trustFirst = (folder: string | undefined): Sentence =>
  folder === undefined ? [] : ["If you trust that folder, trust it with ", { action: "trust", folder }, ". "];
