// Finds the final channel of gpt-oss ("harmony") where a server left channels in the text. In: a text with their marks.
// Out: the text of the final channel. written-calls.ts reads the calls.

const ENDS = ["<|end|>", "<|return|>", "<|call|>", "<|start|>", "<|channel|>"];

/** What follows the header of the final channel; undefined if it has not come yet. */
export function afterFinalHeader(text: string): string | undefined {
  const match = /<\|channel\|>final[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>/.exec(text);
  return match === null ? undefined : text.slice(match.index + match[0].length);
}

/** Whether a text begins with a whole mark, which ends a message. */
export const isMark = (text: string): boolean => ENDS.some((mark) => text.startsWith(mark));

/** The end of a text in which the header of the final channel may begin. */
export function possibleFinalHeader(text: string): string {
  const at = text.lastIndexOf(CHANNEL);
  const isOpen = at >= 0 && FINAL.startsWith(text.slice(at, at + FINAL.length));
  return text.slice(isOpen ? at : -CHANNEL.length);
}

const CHANNEL = "<|channel|>";
const FINAL = `${CHANNEL}final`;

/** The text before the next mark. `rest` begins with that mark, which may have come in part. */
export function untilMark(text: string): { readonly text: string; readonly rest: string } {
  const whole = ENDS.map((mark) => text.indexOf(mark)).filter((at) => at >= 0);
  const last = text.lastIndexOf("<");
  const isPart = last >= 0 && ENDS.some((mark) => mark.startsWith(text.slice(last)));
  const end = Math.min(...whole, isPart ? last : text.length);
  return { text: text.slice(0, end), rest: text.slice(end) };
}
