// The goals that the demo's script knows. In: nothing. Out: goals, each with what it shows. The Studio offers them.

export interface DemoGoal {
  readonly goal: string;
  /** What a person sees in its run. */
  readonly shows: string;
}

export const RESEARCH: DemoGoal = {
  goal: "Research the top 3 AI companies and create a comparison report",
  shows: "Steps run in parallel, one tool is tried again, an agent reads documents. Nothing acts, so nobody is asked.",
};

export const REFUND: DemoGoal = {
  goal: "Refund the customer of the delayed order 4711",
  shows:
    "A tool acts, so the plan waits for you. Request changes with a comment, and another plan is written. Then the refund waits for you, and its amount can be changed.",
};

export const DEMO_GOALS: readonly DemoGoal[] = [RESEARCH, REFUND];

export const DEMO_SAYS =
  "This is the demo: the model is scripted and knows the goals below. All data are made up. The rest is real: plans, checks, steps, approvals, the log.";
