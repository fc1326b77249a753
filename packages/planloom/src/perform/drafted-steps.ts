// Passes on the steps of a plan that is still being written. In: steps, each once. Out: the same, in order. A step whose
// state is missing is passed on without its tools, so that it does not start before the plan is refused.
import type { DraftedStep } from "../agents/checkpoint.js";
import type { Step } from "../plan/plan.js";
import { toolsByName, type ToolSpec } from "../plan/tool-spec.js";

type Misses = (steps: readonly Step[], tools: readonly ToolSpec[], step: string) => Promise<boolean>;

export class DraftedSteps {
  readonly #steps: Step[] = [];
  readonly #tools: ToolSpec[] = [];
  #last: Promise<void> = Promise.resolve();

  /** `misses`: whether state that a step needs is missing, given the steps before it. Never rejects. */
  constructor(
    private readonly emit: (step: DraftedStep) => void,
    private readonly misses: Misses,
  ) {}

  readonly tell = (step: DraftedStep): void => {
    this.#last = this.#last.then(() => this.#passOn(step));
  };

  /** Resolves when all steps have been passed on. */
  settled(): Promise<void> {
    return this.#last;
  }

  async #passOn(drafted: DraftedStep): Promise<void> {
    const { tools, ...unready } = drafted;
    if (tools === undefined) return this.emit(drafted);
    const step = drafted.step as unknown as Step;
    this.#steps.push(step);
    this.#tools.push(...tools);
    const all = [...toolsByName(this.#tools).values()];
    this.emit((await this.misses(this.#steps, all, step.id)) ? unready : drafted);
  }
}
