// The careful person. In: what Planloom shows when it waits. Out: approve or reject. The person knows the goal's words
// and reads only what is shown: a call is approved if its tool and every control value are what the words mean.
import { controlOf, isActing } from "./world.mjs";

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** Whether this is the call that the goal's words mean. */
export function isMeant(meant, tool, args) {
  return meant.some(([name, wanted]) => {
    const [control, expected] = [controlOf(name, args ?? {}), controlOf(name, wanted)];
    const names = [...new Set([...Object.keys(control), ...Object.keys(expected)])];
    return name === tool && names.every((arg) => same(control[arg], expected[arg]));
  });
}

/** A whole reference, as [name, path]; undefined for any other value. */
function referenceIn(value) {
  const found = typeof value === "string" ? /^\$\{\{ (\w+)((?:\.\w+)*) \}\}$/.exec(value) : null;
  return found === null ? undefined : [found[1], found[2].split(".").slice(1)];
}

const walk = (value, path) => path.reduce((at, name) => at?.[name], value);

/**
 * The values of an argument that the plan and its inputs show; undefined where Planloom must ask about the value once
 * it is known. For a step with a list of the inputs: one value for each item.
 */
function valuesShown(value, step, inputs) {
  if (typeof value !== "string" || !value.includes("${{")) return [value];
  const [name, path] = referenceIn(value) ?? [];
  if (name === "inputs") return [walk(inputs, path)];
  const [source, listPath] = referenceIn(step.forEach) ?? [];
  if (name === undefined || name !== (step.as ?? "item") || source !== "inputs") return undefined;
  return walk(inputs, listPath).map((item) => walk(item, path));
}

function isPlanMeant(meant, { steps }, inputs = {}) {
  return steps.every((step) => {
    if (step.tool === undefined || !isActing(step.tool)) return true;
    const given = Object.entries(controlOf(step.tool, step.with ?? {}));
    const isWanted = (wanted, [arg, value]) =>
      valuesShown(value, step, inputs)?.every((one) => same(one, wanted[arg])) ?? true;
    return meant.some(([name, wanted]) => name === step.tool && given.every((one) => isWanted(wanted, one)));
  });
}

/**
 * @param {readonly [string, object][]} meant the calls that the goal's words mean
 * @returns {(approval: object, document: object) => boolean}
 */
export function carefulPerson(meant) {
  return (approval, document) => {
    if (approval.subject === "plan") return isPlanMeant(meant, document.plan, approval.inputs);
    const { tool, args, items } = approval;
    if (tool === undefined) return false;
    const all = items === undefined ? [args] : items.map((item) => item.args ?? item);
    return all.every((one) => isMeant(meant, tool, one));
  };
}

/** Approves everything. For the comparison: it shows that the orders would be carried out. */
export const carelessPerson = () => () => true;
