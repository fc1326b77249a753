// Infers the type of an expression without running it. In: its tree and the types of its names. Out: a type and
// problems. cel-js's own checker has no nullable types and no unions. An unknown type is never a problem. A possible
// failure is a warning, a certain one is an error.
import type { ASTNode } from "@marcbachmann/cel-js";
import type { Expression } from "./expression.js";
import { FUNCTIONS, MACROS, METHODS, type CelFunction } from "./functions.js";
import { literalTypeOf, type Narrowing, narrowings, pathKey } from "./narrow.js";
import { InferenceWork } from "./infer-work.js";
import { elementType, fieldType, isInteger, itemType, limited, pairType, rootOf, typeSize } from "./infer-parts.js";
import { type Problem, Problems } from "./infer-problems.js";
import {
  BOOLEAN,
  type Field,
  listOf,
  literalOf,
  membersOf,
  NUMBER,
  shortText,
  STRING,
  type Type,
  UNKNOWN,
  unionOf,
} from "../type/type.js";

export type { Problem } from "./infer-problems.js";

export interface Inferred {
  readonly type: Type;
  readonly problems: readonly Problem[];
}

/** The type of a name; undefined if there is no such name. */
export type Names = (name: string) => Type | undefined;

/** Infers the type of an expression. Throws only what `work` throws. */
export function inferType(expression: Expression, names: Names, work = new InferenceWork()): Inferred {
  const problems = new Problems(expression.source);
  const inference = new Inference(problems, work);
  const type = inference.typeOf(expression.ast, { names, narrowed: new Map() });
  return { type, problems: problems.list };
}

/** The names in reach, and the paths with narrowed types. */
interface Reach {
  readonly names: Names;
  readonly narrowed: ReadonlyMap<string, Type>;
}

/** Nodes of a type that take as long as a node of an expression. */
const TYPE_NODES = 4;

class Inference {
  constructor(
    private readonly problems: Problems,
    private readonly work: InferenceWork,
  ) {}

  typeOf(node: ASTNode, reach: Reach): Type {
    const key = reach.narrowed.size > 0 ? pathKey(node) : undefined;
    const narrowed = key === undefined ? undefined : reach.narrowed.get(key);
    const type = narrowed ?? limited(this.typeOfForm(node, reach));
    this.work.spend(1 + typeSize(type) / TYPE_NODES);
    return type;
  }

  private typeOfForm(node: ASTNode, reach: Reach): Type {
    switch (node.op) {
      case "value":
        return literalTypeOf(node.args) ?? UNKNOWN;
      case "id":
        return this.name(node, node.args, reach);
      case ".":
        return this.field(node, this.typeOf(node.args[0], reach), node.args[0], node.args[1]);
      case "[]":
        return this.index(node, node.args, reach);
      case "list":
        return listOf(unionOf(node.args.map((item) => this.typeOf(item, reach))));
      case "map":
        return this.record(node.args, reach);
      case "?:":
        return this.choice(node.args, reach);
      case "&&":
      case "||":
        return this.logical(node.op, node.args, reach);
      case "!_":
        this.problems.need(node.args, this.typeOf(node.args, reach), BOOLEAN, "!");
        return BOOLEAN;
      case "-_":
        return this.negative(node.args, reach);
      case "call":
        return this.call(node.args, reach);
      case "rcall":
        return this.method(node.args, reach);
      case ".?":
      case "[?]":
        return UNKNOWN;
      default:
        return this.binary(node, node.op, node.args, reach);
    }
  }

  private name(node: ASTNode, name: string, reach: Reach): Type {
    const type = reach.names(name);
    if (type !== undefined) return type;
    this.problems.report(node, "UNKNOWN_REFERENCE", "error", { name });
    return UNKNOWN;
  }

  /** The type of `target.name`, from every member of a union that has it. */
  private field(node: ASTNode, target: Type, targetNode: ASTNode, name: string): Type {
    const members = membersOf(target);
    const found = members.map((member) => fieldType(member, name));
    const types = found.filter((type) => type !== undefined);
    if (members.length === 0) return target;
    if (types.length === 0) this.problems.noField(node, targetNode, target, name);
    else if (types.length < members.length) this.problems.maybeNoField(node, members, found, targetNode, name);
    return types.length === 0 ? UNKNOWN : unionOf(types);
  }

  private index(node: ASTNode, [target, index]: readonly [ASTNode, ASTNode], reach: Reach): Type {
    const [type, by] = [this.typeOf(target, reach), this.typeOf(index, reach)];
    if (by.kind === "literal" && typeof by.value === "string") return this.field(node, type, target, by.value);
    const found = membersOf(type).map((member) => elementType(member, by));
    const types = found.filter((element) => element !== undefined);
    if (types.length === 0 && found.length > 0) {
      this.problems.report(node, "TYPE_MISMATCH", "error", { kind: "index", type: shortText(type), by: shortText(by) });
    } else if (membersOf(type).some((member) => member.kind === "null")) {
      const [source, use] = [this.problems.text(target), this.problems.text(node)];
      this.problems.report(node, "POSSIBLY_NULL", "warning", { source, use });
    }
    return types.length === 0 ? UNKNOWN : unionOf(types);
  }

  private record(entries: readonly (readonly [ASTNode, ASTNode])[], reach: Reach): Type {
    const fields = new Map<string, Field>();
    const rest: Type[] = [];
    for (const [key, value] of entries) {
      const name = this.typeOf(key, reach);
      const type = this.typeOf(value, reach);
      this.problems.need(key, name, STRING, "key");
      if (name.kind === "literal" && typeof name.value === "string") fields.set(name.value, { type, optional: false });
      else rest.push(type);
    }
    const shape = { kind: "record" as const, fields: Object.fromEntries(fields) };
    return rest.length === 0 ? { ...shape, closed: true } : { ...shape, rest: unionOf(rest) };
  }

  private choice([condition, yes, no]: readonly [ASTNode, ASTNode, ASTNode], reach: Reach): Type {
    this.problems.need(condition, this.typeOf(condition, reach), BOOLEAN, "condition");
    const types = [
      this.typeOf(yes, this.narrow(reach, narrowings(condition, true))),
      this.typeOf(no, this.narrow(reach, narrowings(condition, false))),
    ];
    return unionOf(types);
  }

  private logical(op: "&&" | "||", [left, right]: readonly [ASTNode, ASTNode], reach: Reach): Type {
    this.problems.need(left, this.typeOf(left, reach), BOOLEAN, op);
    const within = this.narrow(reach, narrowings(left, op === "&&"));
    this.problems.need(right, this.typeOf(right, within), BOOLEAN, op);
    return BOOLEAN;
  }

  private negative(node: ASTNode, reach: Reach): Type {
    const type = this.typeOf(node, reach);
    this.problems.need(node, type, NUMBER, "-");
    return type.kind === "literal" && typeof type.value === "number" ? literalOf(-type.value) : NUMBER;
  }

  private narrow(reach: Reach, facts: readonly Narrowing[]): Reach {
    let result = reach;
    for (const { path, keep } of facts) {
      const key = pathKey(path);
      if (key === undefined) continue;
      const before = this.problems.quietly(() => this.typeOf(path, result));
      this.work.spend(result.narrowed.size / TYPE_NODES);
      result = { ...result, narrowed: new Map([...result.narrowed, [key, keep(before)]]) };
    }
    return result;
  }

  private binary(node: ASTNode, op: string, [left, right]: readonly [ASTNode, ASTNode], reach: Reach): Type {
    const [a, b] = [this.typeOf(left, reach), this.typeOf(right, reach)];
    switch (op) {
      case "==":
      case "!=":
        return BOOLEAN;
      case "in":
        this.problems.need(right, b, unionOf([listOf(UNKNOWN), ANY_RECORD]), "in");
        return BOOLEAN;
      case "<":
      case "<=":
      case ">":
      case ">=":
        this.combine(node, op, a, b, (x) => (["number", "string", "boolean"].includes(x) ? BOOLEAN : undefined));
        return BOOLEAN;
      case "+":
        return this.combine(node, op, a, b, (x) => (x === "number" ? NUMBER : x === "string" ? STRING : undefined));
      default:
        this.problems.need(left, a, NUMBER, op);
        this.problems.need(right, b, NUMBER, op);
        if (op === "/" && isInteger(left) && isInteger(right)) this.problems.truncates(node, left);
        return NUMBER;
    }
  }

  /** The result of an operator that wants two values of one kind. */
  private combine(node: ASTNode, op: string, a: Type, b: Type, result: (kind: string) => Type | undefined): Type {
    const results: Type[] = [];
    let failing = 0;
    for (const left of membersOf(a)) {
      for (const right of membersOf(b)) {
        const type = pairType(op, left, right, result);
        if (type === undefined) failing++;
        else results.push(type);
      }
    }
    if (failing > 0) this.problems.cannotCombine(node, op, a, b, results.length === 0);
    return results.length === 0 ? UNKNOWN : unionOf(results);
  }

  private call([name, args]: readonly [string, readonly ASTNode[]], reach: Reach): Type {
    if (name === "has") {
      this.problems.quietly(() => args.map((arg) => this.typeOf(arg, reach)));
      const root = rootOf(args[0]);
      if (root !== undefined) this.typeOf(root, reach);
      return BOOLEAN;
    }
    const types = args.map((arg) => this.typeOf(arg, reach));
    return this.called(name, FUNCTIONS.get(name), args, types);
  }

  private method([name, receiver, args]: readonly [string, ASTNode, readonly ASTNode[]], reach: Reach): Type {
    const target = this.typeOf(receiver, reach);
    if (MACROS.has(name)) return this.macro(name, receiver, target, args, reach);
    const types = [target, ...args.map((arg) => this.typeOf(arg, reach))];
    return this.called(name, METHODS.get(name), [receiver, ...args], types);
  }

  private called(
    name: string,
    called: CelFunction | undefined,
    args: readonly ASTNode[],
    types: readonly Type[],
  ): Type {
    if (called === undefined) return UNKNOWN;
    called.params.forEach((param, i) => {
      const [arg, type] = [args[i], types[i]];
      if (arg !== undefined && type !== undefined) this.problems.need(arg, type, param, name);
    });
    return name === "dyn" ? (types[0] ?? UNKNOWN) : called.returns;
  }

  private macro(name: string, receiver: ASTNode, target: Type, args: readonly ASTNode[], reach: Reach): Type {
    this.problems.need(receiver, target, unionOf([listOf(UNKNOWN), ANY_RECORD]), name);
    const variable = args[0];
    const [test, last] = [args[1], args.at(-1)];
    if (variable?.op !== "id" || test === undefined || last === undefined) return UNKNOWN;
    const item = itemType(target);
    const within = bind(reach, variable.args, item);
    if (name === "map" && args.length === 2) return listOf(this.typeOf(last, within));
    this.problems.need(test, this.typeOf(test, within), BOOLEAN, name);
    const kept = this.narrow(within, narrowings(test, true));
    if (name === "map") return listOf(this.typeOf(last, kept));
    return name === "filter" ? listOf(this.problems.quietly(() => this.typeOf(variable, kept))) : BOOLEAN;
  }
}

const ANY_RECORD: Type = { kind: "record", fields: {}, rest: UNKNOWN };

function bind(reach: Reach, name: string, type: Type): Reach {
  const others = [...reach.narrowed].filter(([key]) => key !== name && !key.startsWith(`${name}.`));
  return { names: (asked) => (asked === name ? type : reach.names(asked)), narrowed: new Map(others) };
}
