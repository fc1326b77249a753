// `planloom estimate FILE`: what a plan will take. In: a plan file. Out: the estimate on stdout. Separate from the commands that only
// look at plans, because it also looks at earlier runs.
import type { Loom } from "../../loom/loom.js";
import { EXIT } from "../exit-code.js";
import { portsOf, type ModelFlags } from "../flags.js";
import { inputsOf } from "../inputs.js";
import { print, printJson, say } from "../output.js";
import { lookingBack, withLoom, type PlaceFlags } from "../open-loom.js";
import { draftInvalid, planText } from "../plan-file.js";
import { estimateLines } from "../render/estimate.js";
import { checkText, noteText } from "./plan.js";

interface EstimateFlags extends PlaceFlags, ModelFlags {
  readonly input?: readonly string[];
  readonly json?: boolean;
}

export async function estimateCommand(path: string, flags: EstimateFlags): Promise<number> {
  const text = await planText(path);
  // Without any, an input that a plan asks for is just not known yet.
  const inputs = flags.input?.length ? await inputsOf(flags.input) : undefined;
  const estimated = async (loom: Loom) => {
    const { notes, ...checked } = checkText(loom, text, inputs);
    for (const note of notes) say(`note: ${noteText(note)}`);
    if (!checked.ok) throw draftInvalid(checked.findings, text.name);
    return loom.estimate(checked);
  };
  const estimate = await withLoom(flags, lookingBack, estimated, portsOf(flags));
  if (flags.json === true) printJson(estimate);
  else print(estimateLines(estimate).join("\n"));
  return EXIT.done;
}
