// A preview of a call, for the person who approves it. In: what a tool gives, which may come from JavaScript. Out: a
// preview within the limits, and how much of it was left out.
import { beginning } from "../beginning.js";
import { LIMITS } from "../limits.js";
import { isObject } from "../plan/json.js";
import { WRONG_PREVIEW } from "../words/previews.js";

/** What a call would change. Plain text, never HTML. */
export type Preview =
  | {
      readonly kind: "diff";
      /** The file, as the tool shows it. Absent: the text names it. */
      readonly path?: string;
      /** A unified diff. */
      readonly text: string;
    }
  | { readonly kind: "text"; readonly text: string };

/** A preview as a surface shows it. */
export type ShownPreview =
  | (Preview & {
      /** One sentence about the part that was left out. */
      readonly note?: string;
    })
  /** There should be one. `note` says why there is none. */
  | { readonly kind: "failed"; readonly note: string };

/** The preview without unknown fields. Throws a TypeError for anything that is no preview. */
export function checkedPreview(given: unknown): Preview {
  const { kind, path, text } = isObject(given) ? (given as { readonly [field: string]: unknown }) : {};
  if (typeof text !== "string" || (kind !== "diff" && kind !== "text")) throw new TypeError(WRONG_PREVIEW);
  if (kind === "text") return { kind, text };
  return { kind, text, ...(typeof path === "string" && path !== "" ? { path } : {}) };
}

/** The beginning of a text that is too long, in whole lines if it has lines. */
export function cutPreview(text: string): string {
  if (text.length <= LIMITS.callPreviewChars) return text;
  const end = text.lastIndexOf("\n", LIMITS.callPreviewChars - 1);
  return beginning(text, end > 0 ? end + 1 : LIMITS.callPreviewChars);
}
