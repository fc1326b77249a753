// The testing kit, published as planloom/testing. Planloom's own tests and the demo use it too.
export { fakeClock, type FakeClock } from "./testing/fake-clock.js";
export {
  startFakeOpenAI,
  type FakeOpenAI,
  type FakeOpenAIOptions,
  type FakeRequest,
  type Feature,
} from "./testing/fake-openai-server.js";
export type { ChatBody, ChatMessage, FakeCall, FakeReply } from "./testing/fake-reply.js";
export {
  scriptedModel,
  type Script,
  type ScriptedCall,
  type ScriptedModel,
  type ScriptedReply,
} from "./testing/scripted-model.js";
export { given, start, Story, type Expected, type LooseInput, type StartFacts } from "./testing/given-when-then.js";
export { engineConformance, type EngineConformanceOptions } from "./testing/conformance/engine.js";
export { storeConformance, type StoreConformanceOptions } from "./testing/conformance/store.js";
export type { ConformanceStory } from "./testing/conformance/story.js";
