// @ts-check
// Two specialists, and a planner that looks which reports there are before it plans. In: the models, by role and by
// specialist. Out: a configuration. run.mjs and the test use it.
import { fileURLToPath } from "node:url";
import { defineConfig } from "planloom";

const reports = fileURLToPath(new URL("reports", import.meta.url));

/** @param {{ planner: object, researcher: object, writer: object }} models */
export const configWith = ({ planner, researcher, writer }) =>
  defineConfig({
    builtins: { files: { roots: [reports] } },
    models: { planner, synthesizer: writer },
    planner: { scout: { tools: ["list_files"], turns: 2 } },
    executors: {
      researcher: {
        description: "Reads files and takes figures out of them.",
        instructions: "You are an executor who reads reports. Give only figures that stand in a file.",
        tools: ["read_file"],
        ...researcher,
      },
      writer: { description: "Writes short texts for tenants.", tools: [], ...writer },
    },
    prices: {
      "scripted-planner": { inputUsdPerMTok: 2, outputUsdPerMTok: 8 },
      "scripted-researcher": { inputUsdPerMTok: 0.4, outputUsdPerMTok: 1.6 },
      "scripted-writer": { inputUsdPerMTok: 2, outputUsdPerMTok: 8 },
    },
    store: "memory",
  });
