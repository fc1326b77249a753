// @ts-check
// The models of the roles: three models of the Hermes family, each on a server of its own. In: the three addresses.
// Out: `models` for a configuration. Separate because the configuration names real local servers, and run.mjs and the
// tests scripted ones.

export const PLANNER = "NousResearch/Hermes-3-Llama-3.1-70B";
export const EXECUTOR = "NousResearch/Hermes-3-Llama-3.1-8B";
export const SYNTHESIZER = "NousResearch/Hermes-3-Llama-3.2-3B";

/**
 * Local servers ask for no key; whatever stands here is what they are sent, and nothing else is.
 * @param {{ planner: string, executor: string, synthesizer: string }} addresses
 */
export function hermesModels({ planner, executor, synthesizer }) {
  return {
    planner: { model: PLANNER, baseURL: planner, apiKey: "not-needed", temperature: 0.2 },
    executor: { model: EXECUTOR, baseURL: executor, apiKey: "not-needed", temperature: 0.1 },
    synthesizer: { model: SYNTHESIZER, baseURL: synthesizer, apiKey: "not-needed", temperature: 0.3 },
  };
}
