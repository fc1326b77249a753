// The sign-in. In: the token in the fragment of the printed link, or a link that a person pastes. Out: a session, whose
// cookie no script can read. The token leaves the address at once.
import { cell } from "./cell.js";

/** unknown: nothing was asked yet. ended: a session that stood does not count any more. */
export const session = cell<"unknown" | "open" | "missing" | "ended">("unknown");

/** Who is signed in, as the log names the author of commands. */
export interface Caller {
  readonly name: string;
  readonly right: "read" | "approve" | "all";
}

export const caller = cell<Caller | undefined>(undefined);

/** A request was answered as signed in. */
export const sessionHeld = (): void => session.set("open");

/** A request was refused for want of a session. Several of a page are refused one after another. */
export const sessionRefused = (): void => session.set(STOOD.has(session.get()) ? "ended" : "missing");

const STOOD: ReadonlySet<string> = new Set(["open", "ended"]);

/** The token of a printed link, or the text itself. A damaged link gives a token that no server knows. */
export function tokenIn(text: string): string {
  const coded = /#token=([^&\s]+)/u.exec(text)?.[1];
  if (coded === undefined) return text.trim();
  try {
    return decodeURIComponent(coded);
  } catch {
    return coded;
  }
}

/** Takes the token out of the address; undefined if there is none. */
export function takeToken(): string | undefined {
  if (!location.hash.startsWith("#token=")) return undefined;
  const token = tokenIn(location.hash);
  history.replaceState(null, "", location.pathname + location.search);
  return token;
}
