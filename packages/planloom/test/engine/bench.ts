// A world for stories of runs that end and go on: tools that can be broken, and looms over one SQLite file. In:
// nothing. Out: the bench. Separate because runs are retried by the process that began them, by others, and out of
// recordings.
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createLoom } from "../../src/loom/create-loom.js";
import type { Loom } from "../../src/loom/loom.js";
import { openSqliteStore } from "../../src/store/sqlite.js";
import { tool, ToolError, type Tool } from "../../src/tools/tool.js";
import { folder, type Latch } from "./parts.js";

/** A world in which `broken` names the tools' steps that fail; `calls` is what was done in it, in order. */
export interface Bench {
  readonly calls: string[];
  readonly broken: Set<string>;
  /** Where a step's calls wait, by step. */
  readonly latches: Map<string, Latch<void>>;
  readonly tools: readonly Tool[];
  readonly loom: (approval?: "never" | "effects") => Promise<Loom>;
}

export function bench(): Bench {
  const path = join(folder(), "planloom.db");
  const calls: string[] = [];
  const broken = new Set<string>();
  const latches: Bench["latches"] = new Map();
  const make = (name: string, effects: "none" | "once") =>
    tool({
      name,
      description: `Does ${name}.`,
      input: { type: "object" },
      output: { type: "string" },
      effects,
      run: async (args, { stepId }) => {
        const { of = "" } = args as { readonly of?: string };
        if (broken.has(stepId) || broken.has(of)) throw new ToolError("not today", { retryable: false });
        await latches.get(stepId)?.passed;
        calls.push(of === "" ? stepId : `${stepId}:${of}`);
        return `${stepId} ${of}`.trim();
      },
    });
  const tools = [make("look", "none"), make("pay", "once")];
  const loom = async (approval: "never" | "effects" = "never") => {
    const store = await openSqliteStore({ path });
    const opened = await createLoom({ store, tools, approval, guard: "off" }, { env: {} });
    onTestFinished(async () => {
      await opened.close();
      await store.close();
    });
    return opened;
  };
  return { calls, broken, latches, tools, loom };
}

/** Looks, pays and looks again: each step with what the one before gave. */
export const chain = {
  steps: [
    { id: "a", tool: "look" },
    { id: "b", tool: "pay", with: { of: "${{ a }}" } },
    { id: "c", tool: "look", with: { of: "${{ b }}" }, retry: { attempts: 1 } },
  ],
  answer: { value: "${{ c }}" },
};
