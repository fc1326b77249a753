// The testing kit, published as planloom/testing. Planloom's own tests and the demo use it too.
export { fakeClock, type FakeClock } from "./fake-clock.js";
export {
  startFakeOpenAI,
  type FakeOpenAI,
  type FakeOpenAIOptions,
  type FakeRequest,
  type Feature,
} from "./fake-openai-server.js";
export type { ChatBody, ChatMessage, FakeCall, FakeReply } from "./fake-reply.js";
export {
  scriptedModel,
  type Script,
  type ScriptedCall,
  type ScriptedModel,
  type ScriptedReply,
} from "./scripted-model.js";
export { given, start, Story, type Expected, type LooseInput, type StartFacts } from "./given-when-then.js";
export { engineConformance, type EngineConformanceOptions } from "./conformance/engine.js";
export { storeConformance, type StoreConformanceOptions } from "./conformance/store.js";
export type { ConformanceStory } from "./conformance/story.js";
