// `planloom playbooks`: lists the playbooks of the project, and gives or takes back standing approvals. In: a name and
// flags. Out: lines on stdout. A standing approval is given by a person, who has seen the plan.
import { playbookDocumentOf, type PlaybookDocument } from "../../loom/playbooks/playbook-document.js";
import type { Loom } from "../../loom/loom.js";
import type { Playbook } from "../../loom/playbooks/playbooks.js";
import { DURATION_PATTERN, durationMs } from "../../plan/duration.js";
import type { Json } from "../../plan/json.js";
import type { Plan } from "../../plan/plan.js";
import { isBounded, wantedOf } from "../../plan/playbook/bounded.js";
import { usageError } from "../error-text.js";
import { EXIT } from "../exit-code.js";
import { portsOf, type ModelFlags } from "../flags.js";
import { declaredIn, inputsFromFlags, inputValues } from "../inputs.js";
import { userName, withLoom, type StoreFlags, type Use } from "../open-loom.js";
import { atTerminal, print, printJson, printLines, say } from "../output.js";
import { openTerminal, saysYes, type Terminal } from "../prompt.js";
import { planLines } from "../render/plan.js";
import { count, oneLine, paint } from "../style.js";

const READ: Use = { config: "read", store: "if-there", models: "not-called" };
const DRIVE: Use = { config: "drive", store: "if-there", models: "not-called" };

type ListFlags = StoreFlags & ModelFlags & { readonly json?: boolean };

export async function playbooksCommand(flags: ListFlags): Promise<number> {
  const listed = async (loom: Loom) => ({ rows: await loom.playbooks.list(), folder: loom.playbooks.folder });
  const { rows, folder } = await withLoom(flags, (config) => config, listed, portsOf(flags), READ);
  const documents = rows.map(playbookDocumentOf);
  if (flags.json === true) printJson({ folder, playbooks: documents });
  else if (documents.length === 0) say(`There are no playbooks in ${folder}.`);
  else documents.forEach((one) => printLines(playbookLines(one)));
  return EXIT.done;
}

function playbookLines(playbook: PlaybookDocument): readonly string[] {
  const { name, goal, ok, problems, inputs, standing, lost, runs } = playbook;
  const last = runs.map(({ runId, status }) => `${runId} ${status}`).join(", ");
  return [
    `${paint("bold", name)}  ${oneLine(goal, 100)}`,
    ...inputs.map(
      ({ name: input, wanted, default: usual }) =>
        `  input     ${input}: ${oneLine(wanted, 100)}${usual === undefined ? "" : ` (default ${oneLine(JSON.stringify(usual), 60)})`}`,
    ),
    ok ? `  check     it can run` : paint("red", "  check     it cannot run"),
    ...problems.map((problem) => `            ${oneLine(problem, 300)}`),
    ...(standing === null
      ? []
      : [
          `  standing  approved by ${oneLine(standing.by)} on ${standing.at}${standing.until === undefined ? "" : `, until ${standing.until}`}` +
            `; fixed: ${listText(Object.keys(standing.fixed))}; free: ${listText(standing.free)}`,
        ]),
    ...lost.map((why) => paint("yellow", `  standing  does not hold: ${why}`)),
    `  runs      ${last === "" ? "none" : last}`,
  ];
}

const listText = (names: readonly string[]): string => (names.length === 0 ? "none" : names.join(", "));

export interface ApproveFlags extends StoreFlags, ModelFlags {
  readonly free?: readonly string[];
  readonly input?: readonly string[];
  readonly until?: string;
  readonly revoke?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

export const approvePlaybookCommand = (name: string, flags: ApproveFlags): Promise<number> =>
  approvePlaybook(name, flags, atTerminal() ? openTerminal() : undefined);

/** Without a terminal, --yes must stand for the person's answer. */
async function approvePlaybook(name: string, flags: ApproveFlags, terminal: Terminal | undefined): Promise<number> {
  const work = (loom: Loom) => (flags.revoke === true ? revoke(loom, name) : approve(loom, name, flags, terminal));
  return withLoom(flags, (config) => config, work, portsOf(flags), DRIVE);
}

async function revoke(loom: Loom, name: string): Promise<number> {
  const was = loom.playbooks.revoke(name);
  say(was ? `${name} has no standing approval any more.` : `${name} had no standing approval.`);
  return EXIT.done;
}

async function approve(loom: Loom, name: string, flags: ApproveFlags, terminal: Terminal | undefined): Promise<number> {
  const until = flags.until === undefined ? {} : { until: untilIn(flags.until) };
  const playbook = await loom.playbooks.get(name);
  const fixed = inputValues(await inputsFromFlags(flags.input ?? []), declaredIn(playbook.text));
  const options = { by: userName(), free: flags.free ?? [], fixed, ...until };
  if (flags.yes !== true) {
    if (terminal === undefined)
      throw usageError(`Nobody has seen the playbook ${name}.`, "Give the approval in a terminal, or with --yes.");
    showApproval(playbook, options, terminal);
    if (!(await saysYes(terminal, "Give it a standing approval?"))) return EXIT.done;
  }
  const given = await loom.playbooks.approve(name, options);
  if (flags.json === true) printJson(given);
  else
    print(
      `${name} has a standing approval: ${count(Object.keys(given.fixed).length, "fixed input")}, free: ${listText(options.free)}.`,
    );
  return EXIT.done;
}

function showApproval(
  { check, name }: Playbook,
  { free, fixed }: { readonly free: readonly string[]; readonly fixed: { readonly [name: string]: Json } },
  terminal: Terminal,
): void {
  if (!check.ok) return;
  const { plan, tools } = check;
  terminal.say(`${paint("bold", name)}: ${oneLine(plan.goal, 200)}`);
  for (const line of planLines(plan, tools)) terminal.say(line);
  for (const line of inputLines(plan, free, fixed)) terminal.say(line);
  terminal.say("A run of this plan with these tools then needs no person. The guard still asks about data of others.");
}

const inputLines = (
  { inputs }: Plan,
  free: readonly string[],
  fixed: { readonly [name: string]: Json },
): readonly string[] =>
  Object.entries(inputs).map(([input, { type, default: usual }]) => {
    const value = Object.hasOwn(fixed, input) ? fixed[input] : usual;
    if (!free.includes(input)) return `  ${input} is fixed: ${oneLine(JSON.stringify(value ?? null), 200)}`;
    const bound = isBounded(type) ? "" : ", any such value";
    return `  ${input} is free: ${type === undefined ? "any value" : oneLine(wantedOf(type), 200)}${bound}`;
  });

/** A length of time from now, or a date. */
function untilIn(text: string): number {
  const at = DURATION_PATTERN.test(text) ? Date.now() + durationMs(text) : Date.parse(text);
  if (Number.isFinite(at) && at > Date.now()) return at;
  throw usageError(
    `--until is ${oneLine(text, 60)}.`,
    "Write a length of time such as 30d, or a date that is still to come.",
  );
}
