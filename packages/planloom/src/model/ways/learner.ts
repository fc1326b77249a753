// What a server has shown of itself, kept for later requests and for other processes. In: accepted forms, refusals and
// usage. Out: the form of the next request, and notes for people.
import type { ReplyNote } from "../../words/reply-notes.js";
import type { BodyRule } from "../request/body-rules.js";
import { inputCut, type InputCut } from "../cut-input.js";
import type { Way } from "../request/ladder.js";
import type { ModelReply, ModelRequest } from "../port.js";
import { offersTools, type ToolForm } from "../request/tool-form.js";
import { beginningOf, forget, keptOf, learn, learnCut, type KeptWay, type Memory } from "./way-memory.js";

/** Where what is learnt is kept. */
export interface LearnerSource {
  readonly memory: Memory;
  /** Keeps the form that was found, for other processes. */
  readonly keep?: (way: KeptWay) => void;
  /** Removes what was kept. */
  readonly forget?: () => void;
}

export class Learner {
  constructor(private readonly source: LearnerSource) {}

  get rules(): ReadonlySet<BodyRule> {
    return this.source.memory.rules;
  }

  get way(): Way {
    return this.source.memory.way;
  }

  /** The form in which a request is sent first. */
  begin(): Way {
    return beginningOf(this.source.memory, Date.now());
  }

  /**
   * The form in which a request is sent first. A model that must call a tool may also give its result by one. Where the
   * server refuses that, it is asked as ever.
   */
  beginWith(request: ModelRequest): Way {
    const way = this.begin();
    if (request.toolsAsText === true) return { ...way, tools: "text" };
    const mustCall = offersTools(request) && request.toolChoice === "required";
    return mustCall && (way.tools ?? "auto") === "auto" ? { ...way, tools: "required" } : way;
  }

  /** A request without an output says nothing about the form, and one without tools nothing about tools. */
  accept(taken: Way, request: ModelRequest): void {
    const says = offersTools(request) && request.toolChoice !== "required" && request.toolsAsText !== true;
    const { tools = "auto" } = says ? taken : this.way;
    const { rung } = request.output === undefined ? this.way : taken;
    this.learn({ rung, temperature: taken.temperature, ...(tools === "auto" ? {} : { tools }) });
  }

  learn(way: Way): void {
    if (learn(this.source.memory, way, Date.now())) this.#keep();
  }

  /** Kept at once: requests that begin at the same time need not be refused, too. */
  follow(rule: BodyRule): void {
    const { memory } = this.source;
    memory.rules.add(rule);
    memory.learntAt = Date.now();
    this.#keep();
  }

  /** A model that calls tools in text, and did not call them otherwise, is asked for text from then on. */
  hear(request: ModelRequest, { toolCalls }: ModelReply): void {
    if (request.toolsAsText === true && toolCalls.length > 0) this.learn({ ...this.way, tools: "text" });
  }

  /** Notes on the reply to one request. */
  notesOn({ request, mark }: ToolForm, { usage }: ModelReply): readonly ReplyNote[] {
    const cut = inputCut(request, usage);
    if (learnCut(this.source.memory, cut, usage.inputTokens, Date.now())) this.#keep();
    return notesFor(cut, mark !== undefined);
  }

  /** Notes that are known before a request. */
  known(): readonly ReplyNote[] {
    const { cut, way } = this.source.memory;
    return notesFor(cut, way.tools === "text");
  }

  kept(): KeptWay | undefined {
    return keptOf(this.source.memory);
  }

  forget(): void {
    forget(this.source.memory);
    this.source.forget?.();
  }

  #keep(): void {
    const kept = this.kept();
    if (kept !== undefined) this.source.keep?.(kept);
  }
}

const notesFor = (cut: InputCut | undefined, isText: boolean): readonly ReplyNote[] => [
  ...(isText ? [{ note: "tools-as-text" } as const] : []),
  ...(cut === undefined ? [] : [{ note: "input-cut", ...cut } as const]),
];
