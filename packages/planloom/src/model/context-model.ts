// A model that a function of the context chooses: another one for each tenant, for example. In: the function, and a way
// to open what it returns. Out: a Model that is bound to the context of a run before it is called.
import { beginning } from "../beginning.js";
import { messageOf } from "../error.js";
import { LIMITS } from "../limits.js";
import { PlanloomError } from "../words/planloom-error.js";
import type { AiSdkModel } from "./given-model.js";
import type { Model, Role } from "./port.js";
import type { RoleSettings } from "./settings/role.js";

/** The run that a model is chosen for. Outside of a run, for example in `loom.plan()`, `context` is undefined. */
export interface ModelFor<C = unknown> {
  readonly context: C;
  /** "" outside of a run. */
  readonly runId: string;
}

/**
 * Chooses the model of a role for a run. Called for each attempt of a step, each plan, each review and each answer, so it
 * should return the same model again.
 */
export type ModelFunction<C = unknown> = (of: ModelFor<C>) => Chosen | Promise<Chosen>;

type Chosen = string | AiSdkModel | Model | RoleSettings;

/** The name that a run records, because the model is not known before it is chosen. */
const NAME = "model function";

interface ContextModel extends Model {
  readonly bind: (of: ModelFor) => Promise<Model>;
}

export function contextModel(choose: ModelFunction, role: Role, open: (chosen: Chosen) => Model): ContextModel {
  const bind = async (of: ModelFor): Promise<Model> => {
    let chosen: Chosen;
    try {
      chosen = await choose(of);
    } catch (thrown) {
      const reason = beginning(messageOf(thrown), LIMITS.messageChars);
      throw new PlanloomError("MODEL_FUNCTION_FAILED", { role, reason }, { cause: thrown });
    }
    return open(chosen);
  };
  return { name: NAME, bind, call: async (request) => (await bind({ context: undefined, runId: "" })).call(request) };
}

/** The model itself, if no function chooses it. Rejects with MODEL_FUNCTION_FAILED, and as opening a model does. */
export async function boundModel<M>(model: M | ContextModel, of: ModelFor): Promise<M | Model> {
  return isContextModel(model) ? model.bind(of) : model;
}

export const isContextModel = (model: unknown): model is ContextModel =>
  typeof model === "object" && model !== null && "bind" in model && typeof model.bind === "function";
