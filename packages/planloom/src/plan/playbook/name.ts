// The name of a playbook. In: a text. Out: whether it can be a name. A name is a word of the command line and the
// beginning of a file's name, so it has no dot, no slash and no space, and it is no command.

/** What is wrong with a name. reserved: a command of the program has it. */
export type PlaybookNameFault = "form" | "long" | "reserved";

const MOST_CHARS = 64;

/** Words that a command line reads otherwise: its commands, their other names, and names of devices. */
const RESERVED: ReadonlySet<string> = new Set(
  (
    "run models init demo doctor trust completion serve studio mcp plan check validate estimate graph tools schema runs " +
    "show report export delete diff replay events watch answer resume pause goal cancel compensate retry fork approve " +
    "edit reject respond save playbooks store compare help last stdin memory con nul aux prn"
  ).split(" "),
);

export function playbookNameFault(name: string): PlaybookNameFault | undefined {
  if (name.length > MOST_CHARS) return "long";
  if (!/^[a-z0-9][a-z0-9_-]*$/.test(name)) return "form";
  return RESERVED.has(name) ? "reserved" : undefined;
}
