// Converts names and texts of other formats. In: a text. Out: a legal id; a text in which `${{` is no reference.
import { CEL_WORDS, ID_PATTERN } from "planloom/plan";

/** Lower-case letters, digits and `_`; `otherwise` if nothing is left. */
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
