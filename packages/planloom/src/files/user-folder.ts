// The folder of this user's own configuration, outside of every project. In: the environment. Out: its path.
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

export type Environment = { readonly [name: string]: string | undefined };

/** It need not exist. */
export function userFolder(env: Environment = process.env, home: string = homedir()): string {
  const { XDG_CONFIG_HOME: configured = "", APPDATA: roaming = "" } = env;
  if (isAbsolute(configured)) return join(configured, "planloom");
  return process.platform === "win32" && roaming !== "" ? join(roaming, "planloom") : join(home, ".config", "planloom");
}
