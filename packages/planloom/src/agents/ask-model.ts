// One journalled model call of a role. In: a request and the name of its checkpoint. Out: the reply, sent or from the
// journal. A reply is paid for once, also after a crash, and within the run's budget.
import type { Model, ModelReply, ModelRequest } from "../model/port.js";
import { soundReply } from "../model/reply/sound-reply.js";
import type { Json } from "../plan/json.js";
import { modelCallOf } from "./model-call.js";
import type { AgentContext } from "./checkpoint.js";

/** The reply to `request`. A reply in the journal is returned without a request. */
export async function askModel(
  name: string,
  request: Omit<ModelRequest, "signal">,
  model: Model,
  context: AgentContext,
): Promise<ModelReply> {
  let sent = false;
  const stored = await context.checkpoint(name, { effects: "none", intent: { model: model.name } }, async () => {
    sent = true;
    const reply = await send(request, model, context);
    return reply as unknown as Json; // plain data; interfaces lack the index signature that Json asks for
  });
  const reply = stored as unknown as ModelReply;
  if (!sent) context.budget?.spend(reply.usage);
  return reply;
}

function send(request: Omit<ModelRequest, "signal">, model: Model, context: AgentContext): Promise<ModelReply> {
  const { signal, budget, waits } = context;
  const call = async (again?: ModelRequest["again"]) =>
    soundReply(await model.call({ ...request, signal, ...(waits && { waits }), ...(again && { again }) }), model.name);
  return budget === undefined ? call() : budget.within(modelCallOf(request, model), signal, call);
}
