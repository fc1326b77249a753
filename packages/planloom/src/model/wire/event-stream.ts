// Mends a stream of events before a package reads it strictly. In: the bytes of a stream. Out: events with one JSON object
// each, and [DONE]. What a server says of an error, in any event, becomes an error event. A stream that ends with [DONE]
// is whole, also if no chunk says why it ended.
import { isObject, type Json, type JsonObject } from "../../plan/json.js";
import { USUAL_FINISH } from "./finish-reason.js";
import { lenientJson, MOST_CHARS } from "./reply-text.js";
import { isOddReply, mendedReply } from "./reply-shape.js";

export function mendedEvents(): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  const mender = new EventMender();
  let held = "";
  const send = (controller: TransformStreamDefaultController<Uint8Array>, lines: string): void => {
    const events = linesOf(lines).map((line) => mender.read(line));
    const text = events.join("");
    if (text !== "") controller.enqueue(encoder.encode(text));
  };
  return new TransformStream<Uint8Array, Uint8Array>({
    transform(bytes, controller) {
      const piece = decoder.decode(bytes, { stream: true });
      // A CR at the end may be half of a line end.
      const end = Math.max(piece.lastIndexOf("\n"), piece.lastIndexOf("\r", piece.length - 2)) + 1;
      if (held.length + piece.length > MOST_CHARS) throw new Error("a line of the stream is too long");
      if (end === 0) return void (held += piece);
      // The last line end would give one more, empty line.
      send(controller, (held + piece.slice(0, end)).replace(/(?:\r\n|\n|\r)$/, ""));
      held = piece.slice(end);
    },
    flush(controller) {
      held += decoder.decode();
      if (held !== "") send(controller, held);
    },
  });
}

// Within a text of JSON, quotes are escaped: these are fields.
const REPLY = /"choices"\s*:\s*\[\s*\{/;
const CALLS = /"tool_calls"\s*:\s*\[\s*\{/;
const END = /"finish_reason"\s*:\s*"[^"]/;
/** Fields of a chunk that may need mending. Other chunks pass unread, if the first had nothing odd. */
const MENDED =
  /"(?:usage|tool_calls|function_call|error|refusal)"\s*:(?!\s*null)|"content"\s*:(?!\s*["n])|"(?:reasoning\w*)"\s*:\s*[{[]|"(?:message|text)"\s*:|"error"\s*:\s*null|"index"\s*:\s*[1-9]/;
const EMPTY_CHOICES = /"choices"\s*:\s*\[\s*\]/;
/** A sign of life in place of an event. */
const BEAT = /^(?:\[?[\w-]{1,20}\]?)?$/;

/** The events of a whole stream, as objects. */
export function eventsIn(text: string): readonly JsonObject[] {
  const mender = new EventMender();
  const events = linesOf(text)
    .map((line) => mender.read(line))
    .join("");
  return linesOf(events).flatMap((line) =>
    line.startsWith("data: {") ? [lenientJson(line.slice(5)) as JsonObject] : [],
  );
}

const linesOf = (text: string): readonly string[] => text.split(/\r\n|\n|\r/);

/** Reads line by line. A line of data that is an object by itself is an event, with or without an empty line after it. */
class EventMender {
  /** Lines of an object that has not ended. */
  private part = "";
  private begun = false;
  private odd = false;
  private reply = false;
  private calls = false;
  private end = false;
  private refused = false;
  /** The choice that is read, where a server sends several. */
  private choice: Json | undefined;
  private readonly made = new Map<string, string>();

  read(line: string): string {
    const data = line.startsWith("data:") ? line.slice("data:".length).trim() : undefined;
    if (data !== undefined) return this.part === "" && BEAT.test(data) ? this.word(data) : this.piece(data);
    // Some servers break off with a bare object.
    if (this.part === "" && line.startsWith("{") && line.endsWith("}")) return this.piece(line);
    return line === "" ? this.rest() : "";
  }

  private word(data: string): string {
    if (data !== "[DONE]") return "";
    if (this.end || !this.reply) return "data: [DONE]\n\n";
    const choice = { index: 0, delta: {}, finish_reason: this.calls ? "tool_calls" : "stop" };
    return `${eventOf({ choices: [choice] })}data: [DONE]\n\n`;
  }

  private piece(data: string): string {
    const whole = this.part === "" ? data : `${this.part}\n${data}`;
    this.part = "";
    if (!whole.startsWith("{")) return errorEvent(whole);
    if (whole.endsWith("}") && this.mayPass(whole)) return this.passed(whole);
    const body = whole.endsWith("}") ? lenientJson(whole) : undefined;
    if (isObject(body)) return this.mended(body);
    if (whole.length > MOST_CHARS) throw new Error("an event of the stream is too long");
    this.part = whole;
    return "";
  }

  /** An empty line ends an event. */
  private rest(): string {
    const { part } = this;
    this.part = "";
    return part === "" ? "" : errorEvent(part);
  }

  private mayPass(data: string): boolean {
    if (!this.begun || this.odd || MENDED.test(data)) return false;
    return REPLY.test(data) ? USUAL_FINISH.test(data) || !data.includes('"finish_reason"') : EMPTY_CHOICES.test(data);
  }

  private passed(data: string): string {
    this.reply ||= REPLY.test(data);
    this.end ||= END.test(data);
    return `data: ${data}\n\n`;
  }

  private mended(body: JsonObject): string {
    if (!this.begun) this.odd = isOddReply(body);
    this.begun = true;
    const mended = this.ofOneChoice(mendedReply(body));
    // Without choices it is a sign of life, or something else that is no part of a reply.
    if (mended["error"] === undefined && !Array.isArray(mended["choices"])) return "";
    const sent = JSON.stringify(mended);
    this.reply ||= REPLY.test(sent);
    this.calls ||= CALLS.test(sent);
    this.end ||= END.test(sent) || mended["error"] !== undefined;
    return `data: ${sent}\n\n`;
  }

  private ofOneChoice(chunk: JsonObject): JsonObject {
    if (!Array.isArray(chunk["choices"])) return chunk;
    const choices = (chunk["choices"] as readonly Json[]).map((choice) => {
      if (!isObject(choice)) return choice;
      const { message, delta = message ?? null, ...rest } = choice;
      const ended =
        this.refused && typeof rest["finish_reason"] === "string" ? { finish_reason: "content_filter" } : {};
      this.refused ||= rest["finish_reason"] === "content_filter";
      if (this.refused) this.odd = true;
      return { ...rest, ...ended, ...(isObject(delta) ? { delta: this.withoutRepeated(delta) } : {}) };
    });
    const indexOf = (choice: Json): Json => (isObject(choice) ? (choice["index"] ?? 0) : 0);
    this.choice ??= choices[0] === undefined ? undefined : indexOf(choices[0]);
    return { ...chunk, choices: choices.filter((choice) => indexOf(choice) === this.choice) };
  }

  /**
   * Some servers end a stream with its calls once more. Made again, a call would act twice. A piece of arguments may be
   * equal to the piece before it, so only whole arguments count.
   */
  private withoutRepeated(delta: JsonObject): JsonObject {
    const { tool_calls: calls, ...rest } = delta;
    if (!Array.isArray(calls)) return delta;
    const news = (calls as readonly Json[]).filter((call) => {
      const { id, function: made } = isObject(call) ? call : {};
      if (typeof id !== "string" || id === "" || !isObject(made)) return true;
      const written = JSON.stringify([made["name"] ?? null, made["arguments"] ?? null]);
      const { arguments: args } = made;
      const isAgain = this.made.get(id) === written && typeof args === "string" && isObject(lenientJson(args));
      this.made.set(id, written);
      return !isAgain;
    });
    return news.length === 0 ? rest : { ...rest, tool_calls: news };
  }
}

const eventOf = (body: JsonObject): string => `data: ${JSON.stringify(body)}\n\n`;

const errorEvent = (words: string): string => eventOf({ error: { message: words.trim(), code: 500 } });
