// Open Multi-Agent: each step is a scripted agent. OMA_DIST names its entry file; it is not in the lock file.
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTool } from "../plans.mjs";
const M = await import(process.env.OMA_DIST ?? "@open-multi-agent/core");
export const llm = { calls: 0 };
export async function build(plan, variant = "nosave") {
  let log;
  const byId = new Map(plan.map((s) => [s.id, s]));
  class Fake {
    name = "fake";
    async chat(messages, o) {
      llm.calls++;
      const text = messages
        .filter((m) => m.role === "user")
        .flatMap((m) => m.content)
        .filter((b) => b.type === "text")
        .map((b) => b.text)
        .join("\n");
      const id = /# Task: (\w+)/.exec(text)?.[1];
      await runTool(byId.get(id), {}, log);
      return {
        id: "r",
        content: [{ type: "text", text: "done " + id }],
        model: o.model,
        stop_reason: "end_turn",
        usage: { input_tokens: 1, output_tokens: 1 },
      };
    }
    async *stream() {
      yield { type: "done", data: {} };
    }
  }
  const adapter = new Fake();
  let run = 0;
  return async (l) => {
    log = l;
    llm.calls = 0;
    const oma = new M.OpenMultiAgent({ defaultModel: "x", maxConcurrency: 64 });
    const agents = Array.from({ length: variant === "oneagent" ? 1 : 64 }, (_, i) => ({
      name: "w" + i,
      model: "x",
      systemPrompt: "w",
      adapter,
    }));
    const team = oma.createTeam("t" + run++, { name: "t" + run, agents, sharedMemory: false, maxConcurrency: 64 });
    const tasks = plan.map((s, i) => ({
      title: s.id,
      description: "do " + s.id,
      assignee: "w" + (variant === "oneagent" ? 0 : i % 64),
      dependsOn: s.deps,
    }));
    const opt =
      variant === "nosave" || variant === "oneagent"
        ? {}
        : {
            checkpoint: {
              store:
                variant === "file"
                  ? new M.FileStore(join(tmpdir(), "peer-oma-" + process.pid + ".json"))
                  : new M.InMemoryStore(),
              runId: "r" + run,
            },
          };
    const r = await oma.runTasks(team, tasks, opt);
    if (!r.success)
      throw new Error("oma failed " + JSON.stringify(r.tasks?.filter((t) => t.status !== "completed").slice(0, 2)));
    return r;
  };
}
