// Small datasets of our own making, in the three formats. In: nothing. Out: records and tools. Separate because the
// formats, the scores and the command line are all told with them.
import type { ToolSpec } from "planloom/plan";

const spec = (name: string, description: string, args: readonly string[]): ToolSpec => ({
  name,
  description,
  input: {
    type: "object",
    properties: Object.fromEntries(args.map((arg) => [arg, { type: "string" }])),
    required: [...args],
    additionalProperties: false,
  },
  output: { type: "object", properties: { text: { type: "string" }, tags: { type: "array" } } },
  effects: "none",
});

export const TOOLS: readonly ToolSpec[] = [
  spec("look", "Looks for a word in the archive.", ["word"]),
  spec("translate", "Translates a text.", ["text"]),
  spec("join", "Joins two texts.", ["left", "right"]),
];

/** Looks, translates what it found, and joins both. */
export const GOLD = {
  steps: [
    { id: "found", tool: "look", with: { word: "rain" } },
    { id: "french", tool: "translate", with: { text: "${{ found.text }}" } },
    { id: "both", tool: "join", with: { left: "${{ found.text }}", right: "${{ french.text }}" } },
  ],
};

/** The same plan under other names, in another order, and in other words of the same meaning. */
export const SAME = {
  steps: [
    { id: "c", tool: "join", with: { left: '${{ a["text"] }}', right: "${{b.text}}" } },
    { id: "b", tool: "translate", with: { text: "${{ a.text }}" } },
    { id: "a", tool: "look", with: { word: "rain" } },
  ],
};

export const TASKBENCH_TOOLS = {
  nodes: [
    { id: "Sound Finder", desc: "Finds a sound.", "input-type": ["text"], "output-type": ["sound"] },
    { id: "Sound Mixer", desc: "Mixes two sounds.", "input-type": ["sound", "sound"], "output-type": ["sound"] },
    { id: "Sound-to-Score", desc: "Writes down a sound.", "input-type": ["sound"], "output-type": ["score"] },
  ],
};

type Node = { readonly task: string; readonly arguments: readonly unknown[] };
type Ends = readonly [source: string, target: string];

export const taskbench = (id: string, nodes: readonly Node[], links: readonly Ends[]) => ({
  id,
  user_request: `Request ${id}`,
  task_steps: nodes.map(({ task }, at) => `Step ${at + 1}: Use ${task}.`),
  task_nodes: nodes,
  task_links: links.map(([source, target]) => ({ source, target })),
});

export const node = (task: string, ...given: readonly unknown[]): Node => ({ task, arguments: given });

export const NESTFUL_TOOLS = [
  {
    name: "City_Finder",
    description: "Finds a city.",
    query_parameters: { name: { type: "String", required: true }, limit: { type: "Number" } },
    output_parameters: { id: { type: "string" }, "Mean Height": { type: "Number" } },
  },
  {
    name: "Weather",
    description: "The weather of a city.",
    query_parameters: { city: { type: "string", required: true }, height: { type: "float" } },
    output_parameters: {
      days: { type: "Array", items: { type: "object", properties: { rain: { type: "boolean" } } } },
    },
  },
];

export const NESTFUL_GOLD = [
  { name: "City_Finder", arguments: { name: "Bern", limit: 1 }, label: "var1" },
  { name: "Weather", arguments: { city: "$var1.id$", height: "$var1.Mean Height$" }, label: "var2" },
  { name: "var_result", arguments: { rain: "$var2.days[0].rain$", cost: "$15" } },
];
