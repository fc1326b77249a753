// Says what is wrong with an expression's types. In: nodes and the types found for them. Out: problems, in order.
// Separate from inference because wording is long and walking is not; the rule is one for all: what may fail is a
// warning, what must fail is an error, what is unknown is nothing.
import type { ASTNode } from "@marcbachmann/cel-js";
import { nearestNames } from "../nearest.js";
import { assignable } from "../type/fit.js";
import { fieldOf, membersOf, type RecordType, shortText, STRING, type Type, unionOf } from "../type/type.js";

export interface Problem {
  /** UNKNOWN_REFERENCE, PATH_NOT_IN_TYPE, POSSIBLY_NULL, TYPE_MISMATCH, INTEGER_DIVISION. */
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly fix: string;
  /** Offsets into the expression's source, from 0. */
  readonly start: number;
  readonly end: number;
}

/** Collects the problems of one expression. */
export class Problems {
  readonly list: Problem[] = [];
  private silent = 0;
  constructor(private readonly source: string) {}

  noField(node: ASTNode, target: Type, name: string): void {
    const records = membersOf(target).filter((member) => member.kind === "record");
    const known = records.flatMap((record) => Object.keys(record.fields));
    const near = [...deeper(records, name), ...nearestNames(name, known)].slice(0, 3);
    const list = membersOf(target).some((member) => member.kind === "list");
    const fix = list
      ? `Take one element ([0].${name}) or all of them (.map(x, x.${name})).`
      : near.length > 0
        ? `Use ${near.join(" or ")}.`
        : known.length > 0
          ? `It has ${known.slice(0, 12).join(", ")}.`
          : "Use the value itself.";
    this.report(node, "PATH_NOT_IN_TYPE", "error", `There is no ${name} in ${shortText(target)}.`, fix);
  }

  maybeNoField(
    node: ASTNode,
    members: readonly Type[],
    found: readonly (Type | undefined)[],
    targetNode: ASTNode,
    name: string,
  ): void {
    const missing = members.filter((_, i) => found[i] === undefined);
    const text = this.text(targetNode);
    if (missing.some((member) => member.kind === "null")) {
      this.report(
        node,
        "POSSIBLY_NULL",
        "warning",
        `${text} may be null, and null has no ${name}.`,
        nullFix(text, `${text}.${name}`),
      );
    }
    const other = missing.filter((member) => member.kind !== "null");
    if (other.length === 0) return;
    this.report(
      node,
      "PATH_NOT_IN_TYPE",
      "warning",
      `${text} may be ${shortText(unionOf(other))}, which has no ${name}.`,
      "Test which one it is first.",
    );
  }

  cannotCombine(node: ASTNode, op: string, a: Type, b: Type, always: boolean): void {
    const nullable = [a, b].some((type) => type.kind === "union" && type.of.some((member) => member.kind === "null"));
    const code = nullable && !always ? "POSSIBLY_NULL" : "TYPE_MISMATCH";
    const message = `${op} ${always ? "cannot" : "may not"} combine ${shortText(a)} and ${shortText(b)}.`;
    const text = [a, b].some((type) => membersOf(type).some((member) => assignable(member, STRING) === "yes"));
    const fix =
      code === "POSSIBLY_NULL"
        ? "Test for null first: x == null ? … : …."
        : text
          ? "Make text of the other side with string(…)."
          : "Give both sides the same type.";
    this.report(node, code, always ? "error" : "warning", message, fix);
  }

  truncates(node: ASTNode, left: ASTNode): void {
    const text = this.text(left);
    this.report(
      node,
      "INTEGER_DIVISION",
      "warning",
      "Dividing two integers drops the fraction.",
      `Write double(${text}) / … if the fraction matters.`,
    );
  }

  /** Reports where a type does not fit what is wanted: an error if no value can, a warning if some cannot. */
  need(node: ASTNode, type: Type, wanted: Type, by: string): void {
    const members = membersOf(type);
    const failing = members.filter((member) => assignable(member, wanted) === "no");
    if (failing.length === 0) return;
    const text = this.text(node);
    const always = failing.length === members.length;
    if (!always && failing.every((member) => member.kind === "null")) {
      this.report(
        node,
        "POSSIBLY_NULL",
        "warning",
        `${text} may be null, and ${by} needs ${shortText(wanted)}.`,
        nullFix(text, text),
      );
      return;
    }
    const message = `${by} needs ${shortText(wanted)}; ${text} ${always ? "is" : "may be"} ${shortText(always ? type : unionOf(failing))}.`;
    const fix = `Give it a ${shortText(wanted)}${wanted === STRING ? ", for example with string(…)" : ""}.`;
    this.report(node, "TYPE_MISMATCH", always ? "error" : "warning", message, fix);
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
    return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
  }

  report(node: ASTNode, code: string, severity: Problem["severity"], message: string, fix: string): void {
    if (this.silent > 0) return;
    this.list.push({ code, severity, message, fix, start: node.start, end: node.end });
  }
}

/** `location.name` where the name asked for is one level further down. */
function deeper(records: readonly RecordType[], name: string): string[] {
  return records.flatMap(({ fields }) =>
    Object.entries(fields).flatMap(([outer, { type }]) =>
      type.kind === "record" && fieldOf(type, name) !== undefined ? [`${outer}.${name}`] : [],
    ),
  );
}

export const nullFix = (text: string, use: string): string =>
  `Write ${text} == null ? … : ${use}, or make sure that it is not null.`;
