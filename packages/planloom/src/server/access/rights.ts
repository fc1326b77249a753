// What a right allows. In: a request and who sends it. Out: nothing, or the refusal.
import { isObject } from "../../plan/json.js";
import type { Caller, TokenRight } from "../../loom/handler-options.js";
import { PlanloomError } from "../../words/planloom-error.js";

/** Commands that answer what waits. An edit is none: it replaces the plan. */
const ANSWERS: readonly unknown[] = ["approve", "reject", "respond", "settle"];

const ORDER: readonly TokenRight[] = ["read", "approve", "all"];

/** Throws RIGHT_NEEDED. The body is read from a copy. */
export async function assertRight({ name, right }: Caller, request: Request): Promise<void> {
  if (right === "all") return;
  const needed = await neededFor(request);
  if (ORDER.indexOf(needed) > ORDER.indexOf(right)) throw new PlanloomError("RIGHT_NEEDED", { name, right, needed });
}

async function neededFor(request: Request): Promise<TokenRight> {
  if (request.method === "GET" || request.method === "HEAD") return "read";
  const isCommand = request.method === "POST" && /\/v1\/runs\/[^/]+\/commands$/u.test(new URL(request.url).pathname);
  if (!isCommand) return "all";
  const sent: unknown = await request
    .clone()
    .json()
    .catch(() => undefined);
  return isObject(sent) && ANSWERS.includes(sent["type"]) ? "approve" : "all";
}
