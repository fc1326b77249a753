// Reads the channels of gpt-oss ("harmony") where a server left them in the text. In: a text with marks of channels.
// Out: the text of the final channel, or the messages of all channels.

/** A message of one channel: its header, for example `commentary to=functions.look json`, and its text. */
export interface ChannelMessage {
  readonly header: string;
  readonly text: string;
}

const MESSAGE = /<\|channel\|>([^<]*(?:<\|constrain\|>[^<]*)?)<\|message\|>/g;
const ENDS = ["<|end|>", "<|return|>", "<|call|>", "<|start|>", "<|channel|>"];

/** The messages in order. */
export function channelMessages(text: string): readonly ChannelMessage[] {
  return [...text.matchAll(MESSAGE)].map((match) => ({
    header: match[1]!.replace("<|constrain|>", " ").trim(),
    text: untilMark(text.slice(match.index + match[0].length)).text,
  }));
}

/** What follows the header of the final channel; undefined if it has not come yet. */
export function afterFinalHeader(text: string): string | undefined {
  const match = /<\|channel\|>final[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>/.exec(text);
  return match === null ? undefined : text.slice(match.index + match[0].length);
}

/** The text before the next mark. `rest` begins with that mark, which may have come in part. */
export function untilMark(text: string): { readonly text: string; readonly rest: string } {
  const whole = ENDS.map((mark) => text.indexOf(mark)).filter((at) => at >= 0);
  const last = text.lastIndexOf("<");
  const isPart = last >= 0 && ENDS.some((mark) => mark.startsWith(text.slice(last)));
  const end = Math.min(...whole, isPart ? last : text.length);
  return { text: text.slice(0, end), rest: text.slice(end) };
}
