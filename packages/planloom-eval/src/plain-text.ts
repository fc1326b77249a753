// Names and texts of foreign formats in ours. In: a text. Out: a legal id; a text whose `${{` is no reference.
// Separate because more than one format needs them.
import { CEL_WORDS, ID_PATTERN } from "planloom/plan";

/** Small letters, digits and `_`; `otherwise` where nothing is left of it. */
export function plainId(text: string, otherwise: string): string {
  const plain = text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 60);
  const id = /^[a-z]/.test(plain) ? plain : plain === "" ? otherwise : `s${plain}`;
  return !ID_PATTERN.test(id) || CEL_WORDS.has(id) ? `the_${id}` : id;
}

export const literal = (text: string): string => text.replaceAll("${{", () => "$${{");
