// The arguments of a step or item for people. In: the work, and the run. Out: each argument with the plan's own text and
// where it comes from.
import type { Json } from "../../plan/json.js";
import { isControl } from "../../plan/label.js";
import { isConversation, isFilled } from "../../plan/step-kind.js";
import type { Run } from "../../run/state.js";
import type { Work } from "../../run/work.js";
import { originOfArgument, type ValueOrigin } from "../../run/view/origins.js";
import { originText } from "../../words/origins.js";
import type { ArgumentView, OriginView } from "./run-view.js";

/** As the call got them. Before the start, and of a fan-out as a whole: as the plan has them. */
export function argumentsOf(run: Run, work: Work): readonly ArgumentView[] {
  const { spec, tool } = work.step;
  const values = valuesOf(work);
  // The arguments of an agent step are data for its model. The tools that it calls have their own.
  const chooses = (name: string): boolean => !isConversation(spec) && tool !== undefined && isControl(tool, name);
  return Object.entries(values).map(([name, value]): ArgumentView => {
    const given = Object.hasOwn(spec.with, name) ? spec.with[name] : undefined;
    const filled = given === undefined && isFilled(spec);
    const origin = originOfArgument(run, spec, name, filled);
    return {
      name,
      value,
      ...writtenIn(given),
      control: chooses(name),
      origin: work.edited === undefined ? originView(origin) : EDITED,
    };
  });
}

function valuesOf({ args, edited, aside, data, step, item }: Work): { readonly [name: string]: Json } {
  if (item === null && step.fan !== undefined) return step.spec.with;
  const asked = typeof data === "object" && data !== null && !Array.isArray(data) ? data : undefined;
  return {
    ...step.spec.with,
    ...(edited ?? args ?? aside ?? (asked as { readonly [name: string]: Json } | undefined)),
  };
}

/** The plan's own text, if a part of it is an expression. */
function writtenIn(given: Json | undefined): Pick<ArgumentView, "written"> {
  if (given === undefined) return {};
  const text = typeof given === "string" ? given : JSON.stringify(given, null, 1);
  return text.includes("${{") ? { written: text } : {};
}

const EDITED: OriginView = { trusted: true, private: false, path: [originText({ code: "PERSON_CHANGED" })] };

export const originView = ({ label, links }: ValueOrigin): OriginView => ({
  trusted: !label.untrusted,
  private: label.private,
  path: links.map(originText),
});
