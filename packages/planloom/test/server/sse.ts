// Reads server-sent events as a client does. In: a response. Out: its events, one by one.
export interface ReceivedEvent {
  readonly id: string | undefined;
  readonly type: string;
  readonly data: unknown;
}

export interface EventReader {
  /** undefined at the end of the stream. */
  next(): Promise<ReceivedEvent | undefined>;
  /** Goes away. */
  leave(): Promise<void>;
}

export function readerOf(response: Response): EventReader {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const next = async (): Promise<ReceivedEvent | undefined> => {
    for (;;) {
      const end = text.indexOf("\n\n");
      if (end === -1) {
        const { done, value } = await reader.read();
        if (done) return undefined;
        text += value;
        continue;
      }
      const block = text.slice(0, end);
      text = text.slice(end + 2);
      const received = eventIn(block);
      if (received !== undefined) return received;
    }
  };
  return { next, leave: () => reader.cancel() };
}

function eventIn(block: string): ReceivedEvent | undefined {
  const field = (name: string) =>
    block
      .split("\n")
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2);
  const data = field("data");
  return data === undefined
    ? undefined
    : { id: field("id"), type: field("event") ?? "message", data: JSON.parse(data) };
}

/** All further events. */
export async function restOf(reader: EventReader): Promise<readonly ReceivedEvent[]> {
  const received: ReceivedEvent[] = [];
  for (let event = await reader.next(); event !== undefined; event = await reader.next()) received.push(event);
  return received;
}
