// The progress that a tool reports during one call. In: its reports, which may be anything, and come in floods. Out: at
// most one in LIMITS.progressMs, without secrets and control characters, and the last one at the end of the call.
import { beginning } from "../beginning.js";
import type { Clock } from "../clock.js";
import { messageOf } from "../error.js";
import { LIMITS } from "../limits.js";
import type { SecretFilter } from "../tools/secret-filter.js";

/** A share from 0 to 1, or a few words; with a share, `text` is a few words more. */
export interface ProgressReport {
  readonly value: number | string;
  readonly text?: string;
}

type Show = (value: number | string, text?: string) => void;

export class ToolProgress {
  readonly #stream: ReturnType<SecretFilter["stream"]>;
  #held: ProgressReport | undefined;
  #cancel: (() => void) | undefined;
  #last = -Infinity;
  #isOver = false;

  constructor(
    private readonly show: Show,
    filter: SecretFilter,
    private readonly clock: Clock,
  ) {
    this.#stream = filter.stream();
  }

  readonly report: Show = (value, text) => {
    if (this.#isOver) return;
    const said = this.#cleaned(value, text);
    if (said === undefined) return;
    const passed = this.clock.now() - this.#last;
    if (this.#cancel === undefined && (passed < 0 || passed >= LIMITS.progressMs)) return this.#tell(said);
    this.#held = said;
    this.#cancel ??= this.clock.setTimer(LIMITS.progressMs - Math.max(0, passed), () => this.#flush());
  };

  /** The call has ended. What it reports later is not shown. */
  end(): void {
    this.#cancel?.();
    this.#flush();
    this.#isOver = true;
  }

  #flush(): void {
    const said = this.#held;
    this.#held = this.#cancel = undefined;
    if (said !== undefined) this.#tell(said);
  }

  #tell({ value, text }: ProgressReport): void {
    this.#last = this.clock.now();
    if (text === undefined) this.show(value);
    else this.show(value, text);
  }

  /** It may come from JavaScript. */
  #cleaned(value: unknown, text: unknown): ProgressReport | undefined {
    if (typeof value !== "number") return { value: this.#words(value) };
    if (!Number.isFinite(value)) return undefined;
    return text === undefined ? { value } : { value, text: this.#words(text) };
  }

  /** A text that ends inside a secret is shown without that end, and so is the rest of it in the next text. */
  #words(text: unknown): string {
    // The filter sees more than is shown, so that a secret at the end is found whole.
    const head = beginning(messageOf(text), 10 * LIMITS.progressChars);
    return this.#stream.write(head) || "…";
  }
}

/** A report as it is shown: in one line, without control characters, and cut. */
export function shownReport(value: number | string, text?: string): ProgressReport {
  const shown = typeof value === "number" ? value : oneLineOf(value);
  return text === undefined ? { value: shown } : { value: shown, text: oneLineOf(text) };
}

const oneLineOf = (text: string): string =>
  beginning(text.replace(/[\p{Control}\s]+/gu, " ").trim(), LIMITS.progressChars);
