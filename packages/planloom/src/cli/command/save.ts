// `planloom save`: makes the plan of a run a playbook. In: a run, and which literals become inputs. Out: a file. The
// rule proposes inputs; a person confirms each in the terminal, or by flags.
import type { Loom } from "../../loom/loom.js";
import { playbookNoteText } from "../../loom/playbooks/playbook-document.js";
import type { SavedPlaybook } from "../../loom/playbooks/playbooks.js";
import type { PlaybookInput } from "../../loom/playbooks/saving.js";
import { wantedOf } from "../../plan/playbook/bounded.js";
import type { ProposedInput } from "../../plan/playbook/proposals.js";
import { commandLine } from "../carried.js";
import { usageError } from "../error-text.js";
import { EXIT } from "../exit-code.js";
import { withLoom, type StoreFlags, type Use } from "../open-loom.js";
import { atTerminal, printJson, printText, say } from "../output.js";
import { openTerminal, saysYes, type Terminal } from "../prompt.js";
import { runNamed } from "../run-name.js";
import { shellWord } from "../shell-word.js";
import { oneLine, paint } from "../style.js";

const USE: Use = { config: "drive", store: "if-there", models: "not-called" };

export interface SaveFlags extends StoreFlags {
  readonly as: string;
  readonly asInput?: readonly string[];
  readonly fixed?: boolean;
  readonly yes?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

export const saveCommand = (name: string, flags: SaveFlags): Promise<number> =>
  savePlan(name, flags, atTerminal() ? openTerminal() : undefined);

/** Without a terminal, flags must say which literals become inputs. */
async function savePlan(name: string, flags: SaveFlags, terminal: Terminal | undefined): Promise<number> {
  return withLoom(
    flags,
    (config) => config,
    async (loom) => {
      const runId = await runNamed(loom.store, name);
      const inputs = await confirmed(loom, runId, flags, terminal);
      if (inputs === "left") return EXIT.done;
      const options = { as: flags.as, inputs };
      if (terminal !== undefined && chosenByFlags(flags) === undefined) {
        const { text, notes } = await loom.playbooks.preview(runId, options);
        terminal.say(text);
        for (const note of notes) terminal.say(`note: ${playbookNoteText(note)}`);
        if (!(await saysYes(terminal, "Save it?"))) return EXIT.done;
      }
      tell(await loom.playbooks.save(runId, { ...options, force: flags.force === true }), flags);
      return EXIT.done;
    },
    {},
    USE,
  );
}

/** Throws USAGE without a terminal and without a choice. */
async function confirmed(
  loom: Loom,
  runId: string,
  flags: SaveFlags,
  terminal: Terminal | undefined,
): Promise<readonly PlaybookInput[] | "proposed" | "left"> {
  const chosen = chosenByFlags(flags);
  if (chosen !== undefined) return chosen;
  const proposals = await loom.playbooks.propose(runId);
  const open = proposals.filter(({ why }) => why !== "input");
  if (open.length === 0) return [];
  if (terminal !== undefined) return ask(terminal, open);
  const lines = open.map((one) => `  ${proposalLine(one)}`);
  throw usageError(
    [`Nobody has confirmed the proposed inputs of run ${runId}:`, ...lines].join("\n"),
    `Take all of them with --yes, some with --as-input ${open[0]!.name} (or NAME=PLACE), or none with --fixed.`,
  );
}

function chosenByFlags({
  asInput = [],
  fixed,
  yes: all,
}: SaveFlags): readonly PlaybookInput[] | "proposed" | undefined {
  if (fixed === true) return [];
  if (asInput.length > 0) return asInput.map(inputIn);
  return all === true ? "proposed" : undefined;
}

/** `week` takes a proposal; `kw=week` gives it another name; `kw=/steps/0/with/week` takes a literal by its place. */
function inputIn(given: string): PlaybookInput {
  const at = given.indexOf("=");
  return at === -1 ? { from: given } : { name: given.slice(0, at).trim(), from: given.slice(at + 1).trim() };
}

async function ask(terminal: Terminal, open: readonly ProposedInput[]): Promise<readonly PlaybookInput[] | "left"> {
  const signal = new AbortController().signal;
  const kept: PlaybookInput[] = [];
  for (const proposal of open) {
    terminal.say(proposalLine(proposal));
    for (const place of proposal.places) terminal.say(paint("dim", `  ${place}`));
    const word = await terminal.ask(`${paint("bold", "[k]eep, [r]ename, [l]eave fixed or [q]uit?")} `, signal);
    if (word === undefined || /^q/i.test(word)) return "left";
    if (/^r/i.test(word)) {
      const name = await terminal.ask(`${paint("bold", "name")}: `, signal);
      if (name === undefined) return "left";
      kept.push({ from: proposal.name, name });
    } else if (/^(k.*|y.*)?$/i.test(word)) kept.push({ from: proposal.name });
  }
  return kept;
}

const proposalLine = ({ name, type, default: value, places }: ProposedInput): string =>
  `${name}: ${wantedOf(type)}, now ${oneLine(JSON.stringify(value), 80)}, in ${places.length} ${places.length === 1 ? "place" : "places"}`;

function tell({ name, file, text, plan, notes }: SavedPlaybook, { json }: SaveFlags): void {
  const words = notes.map(playbookNoteText);
  const inputs = Object.keys(plan.inputs);
  if (json === true) return printJson({ name, file, goal: plan.goal, inputs: plan.inputs, notes: words });
  printText(text);
  for (const note of words) say(`note: ${note}`);
  const example = inputs.map((input) => `-i ${shellWord(`${input}=VALUE`)}`);
  say(`Saved as ${file}. Run it: ${commandLine(["run", name, ...example])}`);
}
