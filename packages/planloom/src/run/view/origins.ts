// Where a value of a run comes from, link by link. In: the sources of a value. Out: its label, and links as data, nearest
// first. labels.ts decides the label; this file only tells how it came about. words/origins.ts puts links into sentences.
import { FOREIGN, label, OWN, type Label } from "../../plan/label.js";
import type { Step } from "../../plan/plan.js";
import { asksPerson, directTool, isConversation } from "../../plan/step-kind.js";
import {
  labelOfParts,
  labelOfStep,
  partsOfArgument,
  partsOfTools,
  toolsCalled,
  valueParts,
  type ValuePart,
} from "../labels.js";
import type { ProposedPlan, Run } from "../state.js";
import type { StepState } from "../work.js";

/** How a value came to be. The text of a plan and the words of people are trusted. */
export type OriginLink =
  | { readonly code: "PLAN_TEXT" }
  | { readonly code: "PLAN_AFTER_UNTRUSTED"; readonly private: boolean }
  | { readonly code: "INPUT"; readonly input: string; readonly untrusted: boolean; readonly private: boolean }
  | { readonly code: "PERSON_ANSWERED"; readonly title: string }
  | { readonly code: "PERSON_CHANGED" }
  | { readonly code: "MODEL_FILLED" }
  | ({ readonly code: "TOOL_GAVE"; readonly tool: string; readonly title?: string } & Pick<
      Label,
      "untrusted" | "private"
    >)
  /** A tool that hands labels on, or a model, made it from these. */
  | { readonly code: "MADE_FROM"; readonly title: string; readonly tool?: string; readonly from: readonly string[] }
  | { readonly code: "SKIPPED"; readonly title: string }
  | { readonly code: "SECRET" };

export interface ValueOrigin {
  readonly label: Label;
  readonly links: readonly OriginLink[];
}

/** More links tell nobody more. */
const MOST_LINKS = 12;

/** The origin of an argument that a step gets. `filled`: a model writes it. */
export function originOfArgument(run: Run, spec: Step, name: string, filled: boolean): ValueOrigin {
  const parts = filled ? valueParts(run, spec) : partsOfArgument(run, spec, name);
  const own: readonly OriginLink[] = filled ? [{ code: "MODEL_FILLED" }] : parts.length === 0 ? [PLAN_TEXT] : [];
  return {
    label: labelOfParts(parts),
    links: [...own, ...linksOf(run, parts, new Set([spec.id]))].slice(0, MOST_LINKS),
  };
}

const PLAN_TEXT = { code: "PLAN_TEXT" } as const;

/** The origin of the output of a step. Before its end: of any output that it may have. */
export function originOfOutput(run: Run, state: StepState): ValueOrigin {
  const own = labelOfStep(run, state);
  const found = linksOf(run, [{ source: { step: state.spec.id }, label: own }], new Set(), state);
  return { label: own, links: found.slice(0, MOST_LINKS) };
}

/** Breadth first. Each step is told once. `own`: a step that the current plan may not have. */
function linksOf(run: Run, parts: readonly ValuePart[], told: Set<string>, own?: StepState): readonly OriginLink[] {
  const links: OriginLink[] = [];
  const queue = [...parts];
  // The loop also visits the parts that are added during it.
  for (const { source, label: found } of queue) {
    if (links.length >= MOST_LINKS) break;
    if ("input" in source) links.push({ code: "INPUT", input: source.input, ...shown(found) });
    else if ("tool" in source) links.push({ code: "TOOL_GAVE", tool: source.tool, ...shown(found) });
    else if ("plan" in source) links.push({ code: "PLAN_AFTER_UNTRUSTED", private: found.private });
    else if ("secret" in source) links.push({ code: "SECRET" });
    else if (!told.has(source.step)) {
      told.add(source.step);
      const state = own?.spec.id === source.step ? own : run.execution.steps.get(source.step);
      if (state === undefined) continue;
      const { link, from } = linkOfStep(run, state, found);
      links.push(link);
      queue.push(...from);
    }
  }
  return distinct(links);
}

const shown = ({ untrusted, private: held }: Label) => ({ untrusted, private: held });

function linkOfStep(
  run: Run,
  state: StepState,
  own: Label,
): { readonly link: OriginLink; readonly from: readonly ValuePart[] } {
  const { spec, tool, work } = state;
  const { title } = spec;
  if (work.status === "skipped") return { link: { code: "SKIPPED", title }, from: [] };
  if (asksPerson(spec)) return { link: { code: "PERSON_ANSWERED", title }, from: [] };
  const name = directTool(spec);
  if (name !== undefined && tool?.labels !== "pass")
    return { link: { code: "TOOL_GAVE", tool: name, title, ...shown(own) }, from: [] };
  const read = isConversation(spec) ? partsOfTools(run, toolsCalled(state)) : [];
  const from = [...valueParts(run, spec), ...read];
  const names = from.map(({ source }) => nameOf(source)).filter((one) => one !== undefined);
  return {
    link: { code: "MADE_FROM", title, ...(name === undefined ? {} : { tool: name }), from: [...new Set(names)] },
    from,
  };
}

function nameOf(source: ValuePart["source"]): string | undefined {
  if ("input" in source) return source.input;
  if ("step" in source) return source.step;
  return "tool" in source ? source.tool : undefined;
}

const distinct = (links: readonly OriginLink[]): readonly OriginLink[] => [
  ...new Map(links.map((link) => [JSON.stringify(link), link])).values(),
];

/** The origin of a value that is made of these parts. */
export const originOfParts = (run: Run, parts: readonly ValuePart[]): ValueOrigin => ({
  label: labelOfParts(parts),
  links: linksOf(run, parts, new Set()).slice(0, MOST_LINKS),
});

/** The origin of an answer that is made of the outputs of these steps. */
export function originOfAnswer(run: Run, ids: readonly string[]): ValueOrigin {
  const parts = ids.map((step): ValuePart => {
    const state = run.execution.steps.get(step);
    return { source: { step }, label: state === undefined ? FOREIGN : labelOfStep(run, state) };
  });
  return originOfParts(run, parts);
}

/** The origin of the text of a plan. */
export function originOfPlan({ afterUntrusted }: Pick<ProposedPlan, "afterUntrusted">): ValueOrigin {
  if (afterUntrusted === undefined) return { label: OWN, links: [] };
  const { private: held } = afterUntrusted;
  return { label: label({ untrusted: true, private: held }), links: [{ code: "PLAN_AFTER_UNTRUSTED", private: held }] };
}
