// The parsers that plans need only now and then, loaded at their first use. In: nothing. Out: the YAML and the CEL library.
// Separate because together they cost 60 ms and 18 MB at start, which a plan in JSON without expressions never needs.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

let loadedYaml: typeof import("yaml") | undefined;
let loadedCel: typeof import("@marcbachmann/cel-js") | undefined;

export function yaml(): typeof import("yaml") {
  return (loadedYaml ??= require("yaml") as typeof import("yaml"));
}

export function cel(): typeof import("@marcbachmann/cel-js") {
  return (loadedCel ??= require("@marcbachmann/cel-js") as typeof import("@marcbachmann/cel-js"));
}
