// A strong model plans, a small one carries out, another one writes the answer: three local servers that speak the
// OpenAI API (vLLM, llama.cpp, Ollama, …).
import { defineConfig } from "planloom";
import { hermesModels } from "./models.mjs";
import { tools } from "./tools.mjs";

export default defineConfig({
  tools,
  models: hermesModels({
    planner: "http://localhost:8000/v1",
    executor: "http://localhost:8001/v1",
    synthesizer: "http://localhost:8002/v1",
  }),
});
