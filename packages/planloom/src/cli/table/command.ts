// The shape of a command as data. In: nothing. Out: types. The parser, the help, the completion of shells and the
// reference are made from such data.

/** What a person can write for an argument or a value. It decides what a shell completes. */
export type Completes = "run" | "file" | "folder" | "text" | readonly string[];

export interface Flag {
  /** As commander reads it: `-i, --input <name=value>`. A short name means the same in every command. */
  readonly flag: string;
  readonly does: string;
  /** What counts without the flag, for people. */
  readonly otherwise?: string;
  /** What the command gets without the flag. */
  readonly initial?: string;
  readonly choices?: readonly string[];
  readonly isRepeatable?: true;
  readonly isRequired?: true;
  /** An earlier name. It works, and no help shows it. */
  readonly isHidden?: true;
  /** Names of flags, as options, that cannot be given with this one. */
  readonly conflicts?: readonly string[];
  readonly implies?: { readonly [option: string]: unknown };
}

export interface Argument {
  /** As commander reads it: `<run>`, `[goal...]`. */
  readonly argument: string;
  readonly does: string;
  readonly completes: Completes;
}

export interface Example {
  /** The words after the name of the program. */
  readonly words: string;
  readonly does: string;
}

export interface CommandData {
  readonly name: string;
  readonly alias?: string;
  readonly summary: string;
  /** Default: the summary as a sentence. */
  readonly description?: string;
  readonly arguments?: readonly Argument[];
  readonly flags?: readonly Flag[];
  readonly examples: readonly Example[];
  /** A text after the flags. */
  readonly note?: string;
  readonly commands?: readonly CommandData[];
}
