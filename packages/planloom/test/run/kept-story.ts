// A story about the kernel that keeps its log. In: inputs. Out: the events of all of them, for replay.
import type { RunEvent } from "../../src/run/event.js";
import { Story, type LooseInput } from "../../src/testing/given-when-then.js";

export class KeptStory extends Story {
  readonly log: RunEvent[] = [];

  override when(input: LooseInput): this {
    super.when(input);
    this.log.push(...this.events);
    return this;
  }
}
