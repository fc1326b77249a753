// Reads which names the expressions of a recorded value use. In: a value of an old log. Out: names.
// Frozen: it reads as the builds did that recorded no names, whatever the limits and functions of today are. Their
// check had accepted each plan in a log, so nothing is refused here.
import { Environment, type ASTNode } from "@marcbachmann/cel-js";
import type { Json } from "../json.js";
import { eachTemplate, OPEN, splitTemplate } from "./split.js";

/** The limits of these builds. */
const FROZEN = { chars: 2_000, nodes: 1_000, depth: 60 };

/** Methods whose first argument is a variable of its own. */
const MACROS: ReadonlySet<string> = new Set(["all", "exists", "exists_one", "filter", "map"]);

/** The names that the expressions of a value read, each once. Texts that cannot be read are passed over. */
export function recordedNames(value: Json): readonly string[] {
  const names = new Set<string>();
  eachTemplate(value, (_pointer, text) => {
    for (const name of namesInText(text)) names.add(name);
  });
  return [...names];
}

function namesInText(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  const { parts, broken } = text.includes(OPEN) ? splitTemplate(text) : { parts: [] };
  if (broken !== undefined) return names;
  for (const part of parts) {
    if ("text" in part) continue;
    const tree = treeOf(part.source);
    if (tree === undefined) return new Set();
    addNames(tree, NOTHING, names);
  }
  return names;
}

const NOTHING: ReadonlySet<string> = new Set();

let parser: Environment | undefined;

function treeOf(source: string): ASTNode | undefined {
  if (source.length > FROZEN.chars) return undefined;
  parser ??= new Environment({
    unlistedVariablesAreDyn: true,
    limits: { maxAstNodes: FROZEN.nodes, maxDepth: FROZEN.depth },
  });
  try {
    return parser.parse(source).ast;
  } catch {
    return undefined;
  }
}

function addNames(node: ASTNode, bound: ReadonlySet<string>, names: Set<string>): void {
  const inner = (...nodes: readonly ASTNode[]): void => nodes.forEach((child) => addNames(child, bound, names));
  switch (node.op) {
    case "value":
      return;
    case "id":
      if (!bound.has(node.args)) names.add(node.args);
      return;
    case ".":
    case ".?":
      return inner(node.args[0]);
    case "map":
      return inner(...node.args.flat());
    case "call":
      return inner(...node.args[1]);
    case "rcall": {
      const [method, receiver, args] = node.args;
      inner(receiver);
      const [variable, ...bodies] = args;
      if (!MACROS.has(method) || variable?.op !== "id") return inner(...args);
      const within = new Set([...bound, variable.args]);
      return bodies.forEach((body) => addNames(body, within, names));
    }
    case "!_":
    case "-_":
      return inner(node.args);
    default:
      return inner(...node.args);
  }
}
