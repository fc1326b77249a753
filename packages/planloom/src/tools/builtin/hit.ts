// The result of a search, in a folder or on the web. Types only.

export interface Hit {
  readonly title: string;
  /** An address, or the path of a file for `read_file`. */
  readonly url: string;
  readonly snippet: string;
}

/** The best hits first. */
export type Search = (query: string, limit: number, signal: AbortSignal) => Promise<readonly Hit[]>;
