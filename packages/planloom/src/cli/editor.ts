// The editor of the person at the terminal. In: a file. Out: nothing once it is closed, or what went wrong. Separate because it
// is another program, which has the terminal to itself while it runs.
import { spawn } from "node:child_process";

type Env = { readonly [name: string]: string | undefined };

/** VISUAL, else EDITOR, else what every system has. Both may hold flags: a shell reads them. */
function editorIn(env: Env): string {
  return env["VISUAL"] || env["EDITOR"] || (process.platform === "win32" ? "notepad" : "vi");
}

/** Resolves when the editor has ended: with undefined, or with why what is in the file may not be what was meant. */
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
