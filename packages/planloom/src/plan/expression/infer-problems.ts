// Collects the problems of an expression's types. In: nodes and the types found for them. Out: problems as data, in
// order. A possible failure is a warning, a certain one is an error, an unknown type is nothing.
import { beginning } from "../../beginning.js";
import type { ASTNode } from "@marcbachmann/cel-js";
import { nearestNames } from "../nearest.js";
import { SIZE_NAMES } from "./habits.js";
import type { InferenceCode, InferenceParams } from "./problem.js";
import { assignable } from "../type/fit.js";
import { fieldOf, membersOf, type RecordType, shortText, STRING, type Type, unionOf } from "../type/type.js";

type Severity = "error" | "warning";

export type Problem = {
  readonly [Code in InferenceCode]: {
    readonly code: Code;
    readonly severity: Severity;
    readonly params: InferenceParams[Code];
    /** Offsets into the expression's source, from 0. */
    readonly start: number;
    readonly end: number;
  };
}[InferenceCode];

/** Fields of a type that a problem lists. */
const MOST_FIELDS = 12;

/** Collects the problems of one expression. */
export class Problems {
  readonly list: Problem[] = [];
  private silent = 0;
  constructor(private readonly source: string) {}

  noField(node: ASTNode, targetNode: ASTNode, target: Type, field: string): void {
    if (this.silent > 0) return;
    const records = membersOf(target).filter((member) => member.kind === "record");
    const fields = records.flatMap((record) => Object.keys(record.fields));
    const list = membersOf(target).some((member) => member.kind === "list");
    const near = list ? [] : [...deeper(records, field), ...nearestNames(field, fields)].slice(0, 3);
    const type = shortText(target);
    const isSized = list || membersOf(target).some((member) => member.kind === "string");
    const size = isSized && SIZE_NAMES.has(field) ? { instead: `size(${this.text(targetNode)})` } : {};
    const known = { field, type, near, fields: fields.slice(0, MOST_FIELDS), list, ...size };
    this.report(node, "PATH_NOT_IN_TYPE", "error", known);
  }

  maybeNoField(
    node: ASTNode,
    members: readonly Type[],
    found: readonly (Type | undefined)[],
    targetNode: ASTNode,
    field: string,
  ): void {
    const missing = members.filter((_, i) => found[i] === undefined);
    const source = this.text(targetNode);
    if (missing.some((member) => member.kind === "null"))
      this.report(node, "POSSIBLY_NULL", "warning", { source, use: `${source}.${field}`, field });
    const other = missing.filter((member) => member.kind !== "null");
    if (other.length === 0) return;
    this.report(node, "PATH_NOT_IN_TYPE", "warning", { field, source, type: shortText(unionOf(other)) });
  }

  cannotCombine(node: ASTNode, op: string, a: Type, b: Type, always: boolean): void {
    const nullable = [a, b].some((type) => type.kind === "union" && type.of.some((member) => member.kind === "null"));
    const [left, right] = [shortText(a), shortText(b)];
    if (nullable && !always) return this.report(node, "POSSIBLY_NULL", "warning", { op, left, right });
    const text = [a, b].some((type) => membersOf(type).some((member) => assignable(member, STRING) === "yes"));
    const params = { kind: "combine", op, left, right, always, text } as const;
    this.report(node, "TYPE_MISMATCH", always ? "error" : "warning", params);
  }

  truncates(node: ASTNode, left: ASTNode): void {
    this.report(node, "INTEGER_DIVISION", "warning", { left: this.text(left) });
  }

  /** Reports a type that does not fit the wanted one: an error if no value can fit, a warning if some cannot. */
  need(node: ASTNode, type: Type, wanted: Type, by: string): void {
    const members = membersOf(type);
    const failing = members.filter((member) => assignable(member, wanted) === "no");
    if (failing.length === 0) return;
    const common = { source: this.text(node), by, wanted: shortText(wanted) };
    const always = failing.length === members.length;
    if (!always && failing.every((member) => member.kind === "null"))
      return this.report(node, "POSSIBLY_NULL", "warning", common);
    const found = shortText(always ? type : unionOf(failing));
    const params = { kind: "need", ...common, type: found, always } as const;
    this.report(node, "TYPE_MISMATCH", always ? "error" : "warning", params);
  }

  quietly<T>(look: () => T): T {
    this.silent++;
    try {
      return look();
    } finally {
      this.silent--;
    }
  }

  text(node: ASTNode): string {
    const text = this.source.slice(node.start, node.end);
    return text.length <= 60 ? text : `${beginning(text, 57)}...`;
  }

  report<Code extends InferenceCode>(
    node: ASTNode,
    code: Code,
    severity: Severity,
    params: InferenceParams[Code],
  ): void {
    if (this.silent > 0) return;
    // The signature relates code and parameters. The union of problems cannot.
    this.list.push({ code, severity, params, start: node.start, end: node.end } as Problem);
  }
}

/** `location.name` if the wanted name exists one level further down. */
function deeper(records: readonly RecordType[], name: string): string[] {
  return records.flatMap(({ fields }) =>
    Object.entries(fields).flatMap(([outer, { type }]) =>
      type.kind === "record" && fieldOf(type, name) !== undefined ? [`${outer}.${name}`] : [],
    ),
  );
}
