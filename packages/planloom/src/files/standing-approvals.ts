// The standing approvals of playbooks that this user has given. In: the user's list. Out: the approval of a playbook; the
// list with one more or less. The list lies outside of every project: no folder gives itself an approval.
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { messageOf } from "../error.js";
import { LIMITS } from "../limits.js";
import { isObject, type Json } from "../plan/json.js";
import type { TrustListFault } from "../words/errors/configuration.js";
import { PlanloomError } from "../words/planloom-error.js";
import { lookAt, ownershipFault } from "./ownership.js";
import { makePrivateFolder, replacePrivateFile } from "./private.js";
import { userFolder, type Environment } from "./user-folder.js";

export interface StandingApproval {
  /** The folder of the playbook, with every link resolved. */
  readonly folder: string;
  readonly playbook: string;
  /** Hash of the program: the plan and the definitions of its tools. */
  readonly program: string;
  /** Hash of the plan alone, and of each tool. They tell what has changed. */
  readonly plan: string;
  readonly tools: { readonly [name: string]: string };
  /** The inputs that are fixed, with their values. The others are free. */
  readonly fixed: { readonly [name: string]: Json };
  readonly by: string;
  /** ms since 1970. */
  readonly at: number;
  /** ms since 1970. Absent: it does not expire. */
  readonly until?: number;
}

type Named = Pick<StandingApproval, "folder" | "playbook">;

/** `playbook-approvals.json` in the user's configuration folder. */
export function approvalsPath(env: Environment = process.env, home: string = homedir()): string {
  return join(userFolder(env, home), "playbook-approvals.json");
}

/** A list that others may have written counts as empty. */
export function standingApprovals(file: string): readonly StandingApproval[] {
  const list = listIn(file);
  return "approvals" in list ? list.approvals : [];
}

export const isApprovalOf =
  ({ folder, playbook }: Named) =>
  (one: Named): boolean =>
    one.folder === folder && one.playbook === playbook;

/** Replaces the approval of this playbook. Throws PLAYBOOK_APPROVALS_FAILED. */
export function keepApproval(file: string, approval: StandingApproval): void {
  change(file, (before) => [...before.filter((one) => !isApprovalOf(approval)(one)), approval]);
}

/** Returns whether there was one. Throws PLAYBOOK_APPROVALS_FAILED. */
export function dropApproval(file: string, named: Named): boolean {
  let was = false;
  change(file, (before) => {
    was = before.some(isApprovalOf(named));
    return was ? before.filter((one) => !isApprovalOf(named)(one)) : undefined;
  });
  return was;
}

function change(
  file: string,
  changed: (before: readonly StandingApproval[]) => readonly StandingApproval[] | undefined,
): void {
  const before = listIn(file);
  if (!("approvals" in before)) throw new PlanloomError("PLAYBOOK_APPROVALS_FAILED", { file, ...before });
  const after = changed(before.approvals);
  if (after === undefined) return;
  try {
    makePrivateFolder(dirname(file));
    replacePrivateFile(file, `${JSON.stringify({ version: 1, approvals: after }, null, 2)}\n`);
  } catch (cause) {
    const reason = messageOf(cause);
    throw new PlanloomError("PLAYBOOK_APPROVALS_FAILED", { file, fault: "unwritable", reason }, { cause });
  }
}

function listIn(file: string): { readonly approvals: readonly StandingApproval[] } | TrustListFault {
  try {
    const found = lookAt(file);
    if (found === undefined) return { approvals: [] };
    if (!found.isFile() || found.size > LIMITS.configBytes) return { fault: "no-list" };
    const fault = ownershipFault(file);
    if (fault !== undefined) return { fault };
    const value = JSON.parse(readFileSync(file, "utf8")) as unknown;
    const approvals = isObject(value) ? value["approvals"] : undefined;
    return Array.isArray(approvals) && approvals.every(isEntry) ? { approvals } : { fault: "no-list" };
  } catch (error) {
    return { fault: "unreadable", reason: messageOf(error) };
  }
}

function isEntry(value: unknown): value is StandingApproval {
  if (!isObject(value)) return false;
  const { folder, playbook, program, plan, tools, fixed, by, at, until } = value;
  const texts = [folder, playbook, program, plan, by].every((one) => typeof one === "string");
  return texts && isObject(tools) && isObject(fixed) && isTime(at) && (until === undefined || isTime(until));
}

const isTime = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value);
