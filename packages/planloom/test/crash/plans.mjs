// The plans that are killed: data for the process that runs them and for the test that compares. Each names the roles
// that it needs a model for, and what a person does in its run. Plain JavaScript, because the child process runs over
// the built library without a loader.
const look = (id, x, more = {}) => ({ id, tool: "look", with: { x }, ...more });
const retry = { attempts: 4, delay: "10ms" };

export const PLANS = {
  chain: {
    plan: {
      steps: [
        look("a", "start"),
        { id: "b", tool: "put", with: { x: "${{ a }}" } },
        { id: "c", tool: "pay", with: { x: "${{ b }}" } },
        look("d", "${{ c }}"),
      ],
    },
  },
  fanOut: {
    plan: {
      steps: [
        look("a", "one"),
        { id: "b", tool: "put", with: { x: "two" } },
        { id: "c", tool: "pay", with: { x: "three" } },
        { id: "d", tool: "pay", with: { x: "four" } },
        look("e", "${{ a }} ${{ b }} ${{ c }} ${{ d }}"),
      ],
    },
  },
  retry: {
    plan: {
      steps: [
        { id: "a", tool: "flaky", with: { x: "try" }, retry },
        { id: "b", tool: "pay", with: { x: "${{ a }}" } },
      ],
    },
  },
  agent: {
    roles: ["executor"],
    plan: {
      steps: [
        look("a", "city-1"),
        { id: "b", agent: "Look, then pay.", tools: ["look", "pay"], with: { place: "${{ a }}" } },
        { id: "c", tool: "pay", with: { x: "${{ b }}" } },
      ],
    },
  },
  forEach: {
    roles: ["executor"],
    plan: {
      steps: [
        { id: "a", tool: "put", forEach: '${{ ["city-1", "city-2"] }}', with: { x: "${{ item }}" } },
        { id: "b", agent: "Put it.", tools: ["put"], forEach: "${{ a }}", with: { place: "${{ item }}" } },
      ],
    },
  },
  rounds: {
    roles: ["executor"],
    plan: {
      steps: [
        {
          id: "a",
          tool: "pay",
          with: { x: "city-${{ round }}" },
          repeat: { until: "${{ round >= 2 }}", most: 3 },
        },
        {
          id: "b",
          agent: "Put it.",
          tools: ["put"],
          with: { place: "${{ a }}, round ${{ round }}" },
          repeat: { until: "${{ output == previous }}", most: 3, otherwise: "last" },
        },
      ],
    },
  },
  fill: {
    roles: ["executor"],
    plan: {
      steps: [look("a", "city-1"), { id: "b", tool: "pay", fill: "Pay for the place.", dependsOn: ["a"] }],
    },
  },
  ask: {
    person: "responds",
    plan: {
      steps: [
        { id: "a", tool: "put", with: { x: "city-1" } },
        { id: "b", ask: "Which one?", with: { after: "${{ a }}" } },
        { id: "c", tool: "pay", with: { x: "${{ b }}" } },
      ],
    },
  },
  approval: {
    person: "approves",
    plan: {
      steps: [look("a", "start"), { id: "b", tool: "sign", with: { x: "${{ a }}" } }, look("c", "${{ b }}")],
    },
    approval: "always",
  },
  cancel: {
    person: "cancels",
    plan: {
      steps: [
        { id: "a", tool: "pay", with: { x: "start" } },
        { id: "b", tool: "linger", with: { x: "${{ a }}" } },
        { id: "c", tool: "pay", with: { x: "${{ b }}" } },
      ],
    },
  },
  again: {
    person: "retries",
    plan: {
      steps: [
        { id: "a", tool: "pay", with: { x: "start" } },
        { id: "b", tool: "brittle", with: { x: "${{ a }}" } },
        { id: "c", tool: "pay", with: { x: "${{ b }}" } },
      ],
    },
  },
  refused: {
    roles: ["executor"],
    person: "replaces",
    plan: {
      steps: [
        { id: "a", tool: "garble", with: { x: "city-1" } },
        { id: "b", agent: "Do it.", tools: ["garble"], with: { place: "${{ a }}" } },
        { id: "c", tool: "pay", with: { x: "${{ b }}" } },
      ],
    },
  },
  // It fails, and what it did is undone.
  undo: {
    person: "settles",
    onFailure: "compensate",
    plan: {
      steps: [
        { id: "a", tool: "book", with: { x: "start" } },
        { id: "b", tool: "post", with: { x: "${{ a }}" } },
        { id: "c", tool: "book", with: { x: "${{ b }}" } },
        { id: "d", tool: "stumble", with: { x: "${{ c }}" } },
      ],
    },
  },
  // Its second step is a run of its own, which pays.
  below: {
    roles: ["planner", "executor", "synthesizer"],
    person: "answers below",
    plan: {
      steps: [
        look("a", "start"),
        { id: "b", plan: "Look around and pay.", with: { x: "${{ a }}" } },
        { id: "c", tool: "pay", with: { x: "${{ b }}" } },
      ],
      answer: { value: "${{ c }}" },
    },
  },
  // Its first output is judged, and its answer has a critic, for whom it is written again.
  goal: { roles: ["planner", "executor", "synthesizer"], goal: "Look around and pay." },
  // Its second step fails and is patched; what is planned then acts when a person has said yes.
  patch: {
    roles: ["planner"],
    person: "approves",
    plan: {
      steps: [
        { id: "a", tool: "pay", with: { x: "start" } },
        look("b", "${{ a }}", { expect: '${{ output == "something else" }}', retry: { attempts: 1 } }),
        { id: "c", tool: "pay", with: { x: "${{ b }}" } },
      ],
      answer: { value: "${{ c }}" },
    },
  },
};

/** A run that no process survives. */
export const poison = (how) => ({
  plan: {
    steps: [
      look("a", how),
      { id: "b", tool: "die", with: { x: how }, dependsOn: ["a"] },
      { id: "c", tool: "pay", with: { x: "${{ b }}" } },
    ],
  },
});

/** A run of zombies: six payments, each of its own step and name. */
export const PAYMENTS = {
  plan: {
    steps: ["p1", "p2", "p3", "p4", "p5", "p6"].map((id, index) => ({
      id,
      tool: "pay",
      with: { x: id },
      dependsOn: index < 2 ? [] : [`p${index - 1}`],
    })),
  },
};

/** What the planner answers where it is asked to mend the plan above. */
export const PATCH = {
  operations: [{ op: "replace", id: "b", step: { id: "b", tool: "put", with: { x: "${{ a }}" } } }],
};

/** What the planner answers to the goal. */
export const PLANNED = {
  steps: [look("a", "around", { expect: "It says what is there." }), { id: "b", tool: "pay", with: { x: "${{ a }}" } }],
  answer: { from: ["b"], instructions: "One sentence.", critique: 1 },
};
