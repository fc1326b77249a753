// Planloom's model port over a model of the AI SDK. In: the settings of a role, and where its model is. Out: a model that
// sends its requests by the capability ladder. Never retries.
import { LIMITS } from "../limits.js";
import type { LanguageModelV3 } from "./ai-sdk.js";
import { descend, type Descent } from "./descent.js";
import { RUNGS, type Rung, type Way } from "./request/ladder.js";
import { Learner, type LearnerSource } from "./ways/learner.js";
import type { Model, ModelReply, ModelRequest, Role } from "./port.js";
import type { RequestTarget } from "./provider-error.js";
import { secretKeeper } from "./reply/reply-secrets.js";
import type { RoleSettings } from "./settings/role.js";
import { secretsOf } from "./settings/setting-secrets.js";
import { offersTools } from "./request/tool-form.js";
import { TOOL_RUNGS, type ToolRung } from "./request/tool-rung.js";
import type { KeptWay } from "./ways/way-memory.js";

/** A model that sends its requests by the capability ladder. */
export interface LadderModel extends Model {
  /** The form of the next request, and when it was found. undefined if nothing has been refused yet. */
  learnt(): KeptWay | undefined;
  /** Sends one request at this rung only. Throws as `call` does. */
  at(rung: Partial<Rungs>, request: ModelRequest): Promise<ModelReply>;
  /** Sets the rung at which later requests begin. */
  settle(rung: Partial<Rungs>): void;
  /** Forgets what was found, also for other processes. */
  forget(): void;
}

/** A rung of the form of replies, and one of tools. */
type Rungs = { readonly rung: Rung; readonly tools: ToolRung };

export interface Source extends LearnerSource {
  readonly name: string;
  readonly label: string;
  readonly role: Role;
  /** Values beside those of the settings that are never shown, for example of the address. */
  readonly secrets?: readonly string[];
  /** Called at each call, because packages of providers are loaded only when they are needed. */
  load(): Promise<LanguageModelV3>;
}

export function aiSdkModel(source: Source, settings: RoleSettings): LadderModel {
  const { name, role } = source;
  const { timeout: timeoutMs = LIMITS.modelTimeoutMs, totalTimeout, maxOutputTokens } = settings;
  const learner = new Learner(source);
  const target: RequestTarget = {
    ...{ role, model: name, label: source.label },
    secrets: [...secretsOf(settings), ...(source.secrets ?? [])],
  };
  const sent = async (model: LanguageModelV3, descent: Descent): Promise<ModelReply> => {
    const keeper = secretKeeper(target.secrets, descent.request);
    const request = keeper?.request(descent.request) ?? descent.request;
    const reply = await descend({ model, role, settings, learner }, target, { ...descent, request });
    keeper?.end();
    return keeper?.reply(reply) ?? reply;
  };

  return {
    ...(totalTimeout === undefined ? {} : { totalTimeoutMs: totalTimeout }),
    ...{ name, timeoutMs, speaks: true, ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }) },
    async call(request) {
      const model = await source.load();
      return sent(model, fromBestForm(request, model, learner));
    },
    async at(rung, request) {
      const begin = { ...learner.begin(), ...rung };
      const accepted = ({ temperature }: Way): void => learner.learn({ ...learner.way, temperature });
      return sent(await source.load(), { request, begin, spared: RUNGS, sparedTools: TOOL_RUNGS, accepted });
    },
    learnt: () => learner.kept(),
    known: () => learner.known(),
    settle: (rung) => learner.learn({ ...learner.way, ...rung }),
    forget: () => learner.forget(),
  };
}

function fromBestForm(request: ModelRequest, model: LanguageModelV3, learner: Learner): Descent {
  if (request.output !== undefined && offersTools(request)) {
    throw new Error("a request asks either for tools or for output, not for both");
  }
  const way = learner.beginWith(request);
  const spared = lacksSchema(model) ? SCHEMA : [];
  const begin = spared.includes(way.rung) ? { ...way, rung: "tool" as const } : way;
  return { request, begin, spared, accepted: (taken) => learner.accept(taken, request) };
}

/** True if this rung would send the request without the schema. */
function lacksSchema(model: LanguageModelV3): boolean {
  return (model as { supportsStructuredOutputs?: boolean }).supportsStructuredOutputs === false;
}

const SCHEMA: readonly Rung[] = ["json_schema"];
