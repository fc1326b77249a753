// A run from a playbook on the command line. In: the words after `run`, and the inputs as given. Out: the name of the
// playbook that is meant, and its inputs as values. A word is never guessed: where it can mean two things, it is refused.
import { stat } from "node:fs/promises";
import { extname } from "node:path";
import type { Loom } from "../loom/loom.js";
import { assertInputs, inputFaults } from "../loom/playbooks/inputs.js";
import type { Playbook } from "../loom/playbooks/playbooks.js";
import { nearestNames } from "../plan/nearest.js";
import type { Json } from "../plan/json.js";
import { playbookNameFault } from "../plan/playbook/name.js";
import { valueFor } from "../plan/type/value-for.js";
import { PlanloomError } from "../words/planloom-error.js";
import { declaredIn, inputValues, type GivenInput } from "./inputs.js";
import { atTerminal } from "./output.js";
import { openTerminal, saysYes, type Terminal } from "./prompt.js";
import { paint } from "./style.js";

/**
 * The playbook that one word names; undefined if the words are a goal or a file. A file of the same name is refused, and
 * so is a word that is nearly a name. Throws PLAYBOOK_OR_FILE, PLAYBOOK_UNKNOWN.
 */
export async function playbookMeant(loom: Loom, words: string): Promise<string | undefined> {
  if (/\s/.test(words) || extname(words) !== "" || playbookNameFault(words) !== undefined) return undefined;
  const names = loom.playbooks.names();
  const isFile = await stat(words).then(
    (found) => found.isFile(),
    () => false,
  );
  if (names.includes(words)) {
    if (isFile) throw new PlanloomError("PLAYBOOK_OR_FILE", { name: words, file: words });
    return words;
  }
  const near = nearestNames(words, names, 1);
  if (isFile || near.length === 0) return undefined;
  throw new PlanloomError("PLAYBOOK_UNKNOWN", { name: words, folder: loom.playbooks.folder, near });
}

/** A playbook that fits the goal, if the person at the terminal wants it. Without a terminal nobody is asked. */
export async function playbookOffered(
  loom: Loom,
  goal: string,
  terminal: Terminal | undefined = atTerminal() ? openTerminal() : undefined,
): Promise<string | undefined> {
  const fits = terminal === undefined ? undefined : loom.playbooks.fitting(goal);
  if (terminal === undefined || fits === undefined) return undefined;
  terminal.say(`The playbook ${fits} fits this goal. It runs without a planner.`);
  return (await saysYes(terminal, "Run it instead?")) ? fits : undefined;
}

/**
 * The values of the inputs. What is missing or has another type is asked in the terminal; without one it is refused.
 * Throws PLAYBOOK_INPUT.
 */
export async function playbookInputs(
  { name, text, check }: Playbook,
  given: readonly GivenInput[],
  terminal: Terminal | undefined = atTerminal() ? openTerminal() : undefined,
): Promise<{ readonly [name: string]: Json }> {
  let values = inputValues(given, declaredIn(text));
  // A playbook that cannot run is refused with its findings.
  if (!check.ok) return values;
  const { plan } = check;
  for (;;) {
    const fault = inputFaults(plan, values).find(({ problem }) => problem !== "unknown");
    const isUnknown = inputFaults(plan, values).some(({ problem }) => problem === "unknown");
    if (fault === undefined || isUnknown || terminal === undefined) {
      assertInputs(name, plan, values);
      return values;
    }
    const { input, wanted = "any value", problem } = fault;
    if (problem === "type") terminal.say(`${input} must be ${wanted}.`);
    const question = `${paint("bold", input)} (${wanted}): `;
    const line = await terminal.ask(question, new AbortController().signal);
    if (line === undefined) assertInputs(name, plan, values);
    else values = { ...values, [input]: valueFor(plan.inputs[input]?.type, line).value };
  }
}
