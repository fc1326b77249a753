// Asks whether a folder is trusted. In: a configuration that was found and is code. Out: whether it may run. Without a
// terminal nobody is asked, and it may not.
import { dirname } from "node:path";
import { trustFolder } from "../files/trusted-folders.js";
import { atTerminal } from "./output.js";
import { openTerminal, type Terminal } from "./prompt.js";
import { oneLine, paint } from "./style.js";

/** A yes is kept in the list of trusted folders. */
export async function askToTrust(
  file: string,
  terminal: Terminal | undefined = atTerminal() ? openTerminal() : undefined,
): Promise<"run" | "refuse"> {
  if (terminal === undefined) return "refuse";
  const folder = dirname(file);
  terminal.say(`The configuration ${oneLine(file, 2_000)} is code. It runs with your rights.`);
  terminal.say(`If you trust ${oneLine(folder, 2_000)}, it runs now and in later commands.`);
  const question = `${paint("bold", "Do you trust this folder?")} [y]es or [n]o: `;
  const word = await terminal.ask(question, new AbortController().signal);
  if (word === undefined || !/^y(es)?$/i.test(word)) return "refuse";
  trustFolder(folder, new Date().toISOString());
  return "run";
}
