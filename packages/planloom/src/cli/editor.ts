// Opens the editor of the person at the terminal. In: a file. Out: undefined once it is closed, or the error. The
// editor has the terminal to itself while it runs.
import { spawn } from "node:child_process";

type Env = { readonly [name: string]: string | undefined };

/** VISUAL, else EDITOR, else the system's usual editor. Both may hold flags, so a shell parses them. */
function editorIn(env: Env): string {
  return env["VISUAL"] || env["EDITOR"] || (process.platform === "win32" ? "notepad" : "vi");
}

/**
 * Resolves when the editor has ended: with undefined, or with the reason why the file may not hold the intended text.
 */
export async function openEditor(file: string, env: Env = process.env): Promise<string | undefined> {
  const editor = editorIn(env);
  const [command, args] =
    process.platform === "win32" ? [`${editor} "${file}"`, []] : ["/bin/sh", ["-c", `${editor} "$1"`, "sh", file]];
  const child = spawn(command, args, { stdio: "inherit", shell: process.platform === "win32" });
  return new Promise((resolve) => {
    child.on("error", (error) => resolve(`the editor ${editor} could not be started: ${error.message}`));
    child.on("close", (code, signal) => {
      if (code === 0) return resolve(undefined);
      const end = code === null ? `was ended by ${signal}` : `ended with ${code}`;
      resolve(`the editor ${editor} ${end}${code === 127 ? "; set VISUAL or EDITOR to one that is there" : ""}`);
    });
  });
}
