// The texts that planners write, as a fast-check arbitrary. In: nothing. Out: texts: plans, near-plans, and no plans.
// Separate from the property, because how a document becomes text is a source of trouble of its own.
import fc from "fast-check";
import { stringify } from "yaml";
import { isObject, type Json } from "../../src/plan/json.js";
import { KINDS, mutated } from "./mutation.js";
import { soundPlan } from "./sound-plan.js";

export interface PlannerText {
  readonly text: string;
  /** The document is sound by construction, and written as JSON or YAML: refusing it is a false alarm. */
  readonly sound: boolean;
}

const yamlOf = (value: Json, options = {}): string => stringify(value, { aliasDuplicateObjects: false, ...options });
const json = (value: Json): string => JSON.stringify(value, null, 2);

const FAITHFUL = {
  compact: (value: Json) => JSON.stringify(value),
  pretty: json,
  yaml: (value: Json) => yamlOf(value),
  quotedYaml: (value: Json) => yamlOf(value, { defaultStringType: "QUOTE_SINGLE", defaultKeyType: "PLAIN" }),
  fence: (value: Json) => `Here is the plan:\n\n\`\`\`json\n${json(value)}\n\`\`\`\nLet me know.`,
  yamlFence: (value: Json) => `\`\`\`yaml\n${yamlOf(value)}\`\`\``,
  windows: (value: Json) => `\uFEFF${json(value).replaceAll("\n", "\r\n")}\r\n`,
} as const;

const BROKEN = {
  prose: (value: Json) => `I think {this} works: ${JSON.stringify(value)} and [that] is "it".`,
  flowYaml: (value: Json) => yamlOf(value, { collectionStyle: "flow" }),
  foldedYaml: (value: Json) => yamlOf(value, { lineWidth: 20, blockQuote: "folded" }),
  tabs: (value: Json) => yamlOf(value).replaceAll("  ", "\t"),
  singleQuotes: (value: Json) => JSON.stringify(value).replaceAll('"', "'"),
  bareKeys: (value: Json) => json(value).replaceAll(/"(\w+)":/g, "$1:"),
  trailingCommas: (value: Json) => json(value).replaceAll(/([\]}])/g, ",$1"),
  comments: (value: Json) => json(value).replaceAll("\n", " // so\n"),
  escaped: (value: Json) => json(value).replaceAll("_", "\\_"),
  twice: (value: Json) => `${json(value)}\n${json(value)}`,
  asText: (value: Json) => JSON.stringify(JSON.stringify(value)),
  wrapped: (value: Json) => JSON.stringify({ thought: "Let me see.", plan: value }),
  bareList: (value: Json) => json(isObject(value) ? (value["steps"] ?? null) : value),
  openFence: (value: Json) => `\`\`\`json\n${json(value)}`,
  noSpaces: (value: Json) => JSON.stringify(value).replaceAll(" ", ""),
} as const;

const writings = { ...FAITHFUL, ...BROKEN };
type Writing = keyof typeof writings;

const seed = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const mutation = fc.record({ kind: fc.constantFrom(...KINDS), at: fc.nat(10_000), seed });
const mutations = fc.oneof(
  { weight: 3, arbitrary: fc.array(mutation, { maxLength: 2 }) },
  { weight: 1, arbitrary: fc.array(mutation, { minLength: 1, maxLength: 8 }) },
);
const writing = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...(Object.keys(FAITHFUL) as Writing[])) },
  { weight: 1, arbitrary: fc.constantFrom(...(Object.keys(BROKEN) as Writing[])) },
);
const cut = fc.oneof({ weight: 9, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.double({ min: 0, max: 1 }) });

const careless = fc.boolean();
const nearPlan = fc.record({ seed, careless, mutations, writing, cut }).map((made): PlannerText => {
  const { seed, careless, mutations, writing, cut } = made;
  const document = mutated(soundPlan(seed, careless), mutations);
  const text = writings[writing](document);
  const whole = cut === 1 || Number.isNaN(cut);
  return {
    text: whole ? text : text.slice(0, Math.floor(text.length * cut)),
    sound: whole && !careless && mutations.length === 0 && Object.hasOwn(FAITHFUL, writing),
  };
});

const pieces = fc.constantFrom(
  ...[
    "steps:",
    "\n- id: a",
    "\n  agent: Say it.",
    "\n  tool: search",
    "\n  with: {",
    "}",
    "[",
    "]",
    ": ",
    "\n    ",
    "|\n",
  ],
  ...[
    "plan",
    '{"steps":[',
    '{"id":"a",',
    '"agent":"Go."}',
    ",",
    "```\n",
    "```json\n",
    "&x ",
    "*x",
    "<<: ",
    "!!js ",
    "---\n",
  ],
  ...["I cannot", "${{ a", " }}", "'", '"', "\\", "\u0000", "\ud83d", "? ", "- ", "#", "%YAML 1.2\n", "..."],
);
const scraps = fc.array(pieces, { maxLength: 40 }).map((list): PlannerText => ({ text: list.join(""), sound: false }));
const junk = fc
  .oneof(fc.string(), fc.string({ unit: "binary", maxLength: 200 }), fc.json(), fc.lorem({ mode: "sentences" }))
  .map((text): PlannerText => ({ text, sound: false }));

export const plannerTexts: fc.Arbitrary<PlannerText> = fc.oneof(
  { weight: 16, arbitrary: nearPlan },
  { weight: 2, arbitrary: scraps },
  { weight: 1, arbitrary: junk },
);
