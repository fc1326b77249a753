// One journalled model call of a role. In: a request and the name of its checkpoint. Out: the reply, sent or remembered.
// Separate because all roles pay for replies in the same way: once, also after a crash.
import type { Model, ModelReply, ModelRequest } from "../model/port.js";
import { soundReply } from "../model/sound-reply.js";
import type { Json } from "../plan/json.js";
import type { AgentContext } from "./checkpoint.js";

/** The reply to `request`; a reply that the journal already holds is not asked for again. */
export async function askModel(
  name: string,
  request: Omit<ModelRequest, "signal">,
  model: Model,
  context: AgentContext,
): Promise<ModelReply> {
  const stored = await context.checkpoint(name, { effects: "none", intent: { model: model.name } }, async () => {
    const reply = soundReply(await model.call({ ...request, signal: context.signal }), model.name);
    return reply as unknown as Json; // plain data; interfaces lack the index signature that Json asks for
  });
  return stored as unknown as ModelReply;
}
