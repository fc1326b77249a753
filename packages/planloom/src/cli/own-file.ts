// Files of this package beside its compiled code. In: a path in the package. Out: its address. They count from this
// folder, src/cli or dist/cli.
import { readFile } from "node:fs/promises";

/** `name`: a path in the package, such as `package.json`. */
export const ownFile = (name: string): URL => new URL(`../../${name}`, import.meta.url);

export async function ownVersion(): Promise<string> {
  const text = await readFile(ownFile("package.json"), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}
