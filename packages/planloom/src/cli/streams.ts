// Owns stdout and stderr of this process. In: text of the program, and whatever tools print. Out: stdout holds the text
// of the program alone; all that other code prints goes to stderr, in whole lines. No fault of a stream ends a run.
import { StringDecoder } from "node:string_decoder";
import { isatty } from "node:tty";
import { LIMITS } from "../limits.js";
import { takeDescriptors } from "./descriptors.js";
import { secretFilter, type Secrets, type SecretStream } from "../tools/secret-filter.js";

export type StreamName = "stdout" | "stderr";

type Done = (error?: Error | null) => void;

/** `fault`: why nothing more can be written. */
interface Channel {
  write: (text: string) => void;
  fault?: NodeJS.ErrnoException;
}

const rawWriter =
  (name: StreamName): Channel["write"] =>
  (text) =>
    void process[name].write(text);

const channels: Readonly<Record<StreamName, Channel>> = {
  stdout: { write: rawWriter("stdout") },
  stderr: { write: rawWriter("stderr") },
};

/** The part of the screen that is redrawn: a table, or a question with what was typed so far. */
export interface LiveArea {
  /** Removes the area from the screen. */
  hide(): void;
  /** Draws the area at the cursor, which is at the beginning of a line. */
  show(): void;
}

/** The last one is on the screen. The others are hidden until it is released. */
const areas: LiveArea[] = [];

const liveArea = (): LiveArea | undefined => areas.at(-1);

export const isShown = (area: LiveArea): boolean => liveArea() === area;

/** From now on, this area is on the screen, and text is written above it. The returned function releases it. */
export function keepBelow(area: LiveArea): () => void {
  liveArea()?.hide();
  areas.push(area);
  return () => {
    const at = areas.indexOf(area);
    if (at === -1) return;
    if (isShown(area)) area.hide();
    areas.splice(at, 1);
    if (at === areas.length) liveArea()?.show();
  };
}

/** Writes whole lines of the program. Writes nothing once the stream has failed. */
export function writeLines(name: StreamName, text: string): void {
  const area = isatty(name === "stdout" ? 1 : 2) ? liveArea() : undefined;
  area?.hide();
  writeRaw(name, text);
  area?.show();
}

/** Writes a part of a live area, where the cursor is. */
export function writeRaw(name: StreamName, text: string): void {
  const channel = channels[name];
  if (channel.fault !== undefined || text === "") return;
  try {
    channel.write(text);
  } catch (error) {
    channel.fault = error as NodeJS.ErrnoException;
  }
}

/** Why nothing more can be written to a stream. EPIPE: nobody reads it any more. */
export const faultOf = (name: StreamName): NodeJS.ErrnoException | undefined => channels[name].fault;

/** stderr as a terminal, for code that needs a stream. It writes where the cursor is. */
export const terminalOutput: NodeJS.WriteStream = new Proxy(process.stderr, {
  get(stream, key) {
    if (key === "write") return (text: string) => (writeRaw("stderr", text), true);
    const value: unknown = Reflect.get(stream, key, stream);
    return typeof value === "function" ? (value.bind(stream) as unknown) : value;
  },
});

/** Takes both streams over. Called once, before any code of others is loaded. */
export function takeStreams(): void {
  for (const name of ["stdout", "stderr"] as const) {
    const stream = process[name];
    const write = stream.write.bind(stream);
    channels[name].write = (text) => void write(text);
    stream.on("error", (error: NodeJS.ErrnoException) => (channels[name].fault ??= error));
    stream.write = foreignWriter();
  }
  takeDescriptors((chunk) => process.stdout.write(chunk));
}

/** The `write` of a stream for all code but the program's own. Lines are kept whole; a rest follows a moment later. */
function foreignWriter(): NodeJS.WriteStream["write"] {
  const decoder = new StringDecoder();
  let held = "";
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    if (held !== "") writeLines("stderr", `${held}\n`);
    held = "";
  };
  process.on("exit", flush);
  return (chunk: string | Uint8Array, encoding?: BufferEncoding | Done, done?: Done): boolean => {
    held += textOf(chunk, encoding, decoder);
    const end = held.lastIndexOf("\n") + 1;
    if (end > 0) writeLines("stderr", held.slice(0, end));
    held = held.slice(end);
    clearTimeout(timer);
    if (held.length > LIMITS.heldLineChars) {
      writeLines("stderr", held);
      held = "";
    }
    if (held !== "") timer = setTimeout(flush, HELD_MS).unref();
    const called = typeof encoding === "function" ? encoding : done;
    if (called !== undefined) process.nextTick(called);
    return true;
  };
}

function textOf(chunk: string | Uint8Array, encoding: BufferEncoding | Done | undefined, decoder: StringDecoder) {
  if (typeof chunk !== "string") return decoder.write(Buffer.from(chunk));
  const isText = typeof encoding !== "string" || /^utf-?8$/i.test(encoding);
  return isText ? chunk : decoder.write(Buffer.from(chunk, encoding));
}

/** How long the beginning of a line, or of a secret, waits for its end. */
const HELD_MS = 1_000;

/** From now on, the secrets are taken out of all that this process writes, in however many parts. */
export function hideSecrets(secrets: Secrets): void {
  // A command may load the configuration more than once.
  if (hiding) return;
  hiding = true;
  for (const name of ["stdout", "stderr"] as const) hideIn(channels[name], secretFilter(secrets).stream());
}

let hiding = false;

function hideIn(channel: Channel, hidden: SecretStream): void {
  const { write } = channel;
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    const rest = hidden.flush();
    if (rest !== "") write(rest);
  };
  channel.write = (text) => {
    const clean = hidden.write(text);
    if (clean !== "") write(clean);
    clearTimeout(timer);
    timer = setTimeout(flush, HELD_MS).unref();
  };
  process.on("exit", flush);
}
