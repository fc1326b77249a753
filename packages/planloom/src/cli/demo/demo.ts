// `planloom demo`: a complete run on a machine without key and network. In: a goal, or none. Out: a real run in the
// usual store, with a scripted model behind a real HTTP endpoint. No other file knows the demo.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LoomConfig } from "../../loom/config.js";
import type { Loom } from "../../loom/loom.js";
import type { LoomPorts } from "../../loom/open-loom.js";
import { startFakeOpenAI, type FakeOpenAI } from "../../testing/fake-openai-server.js";
import { carryStore, commandLine } from "../carried.js";
import { driveToEnd, openFollower } from "../drive.js";
import { say } from "../output.js";
import { withLoom, type StoreFlags } from "../open-loom.js";
import { paint } from "../style.js";
import { DOCUMENTS } from "./documents.js";
import { RESEARCH } from "./goals.js";
import { DEMO_MODELS } from "./models.js";
import { demoReply } from "./script.js";
import { demoTools } from "./tools.js";

export async function demoCommand(
  words: readonly string[],
  flags: StoreFlags & { readonly quiet?: boolean },
): Promise<number> {
  const goal = words.join(" ").trim() || RESEARCH.goal;
  const run = async (loom: Loom, server: FakeOpenAI) => {
    introduce(goal, server);
    // The store is named in all commands that are printed: they hold in every folder.
    if (loom.store.path !== undefined) carryStore(loom.store.path);
    return drive(loom, goal, flags);
  };
  return withDemo(flags, (config) => config, run);
}

/** Opens the demo: its documents, its tools and its scripted model, with the store of these flags. */
export async function withDemo(
  flags: StoreFlags,
  change: (config: LoomConfig) => LoomConfig,
  work: (loom: Loom, server: FakeOpenAI) => Promise<number>,
): Promise<number> {
  const server = await startFakeOpenAI({ reply: demoReply });
  const folder = await mkdtemp(join(tmpdir(), "planloom-demo-"));
  try {
    await writeDocuments(folder);
    return await withLoom(
      flags,
      () => change(demoConfig(folder)),
      (loom) => work(loom, server),
      portsTo(server),
      { config: "read", store: "kept" },
    );
  } finally {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function introduce(goal: string, { url }: FakeOpenAI): void {
  say(paint("yellow", `Demo: scripted model, no real model is called (${url}).`));
  say("Everything else is real: planning over HTTP, check, parallel steps, the durable log, the answer.");
  say("The companies and figures are made up. One tool refuses its first call, so that a retry can be seen.");
  say();
  say(`goal: ${goal}`);
}

async function writeDocuments(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await Promise.all(Object.entries(DOCUMENTS).map(([name, text]) => writeFile(join(folder, name), text)));
}

/** Only the store is the user's own. */
function demoConfig(folder: string): LoomConfig {
  return {
    tools: demoTools(),
    builtins: { search: { folder } },
    approval: "effects",
  };
}

function portsTo({ url }: FakeOpenAI): LoomPorts {
  const role = (model: string) => ({ model, baseURL: url, apiKey: "demo" });
  const { planner, executor, synthesizer } = DEMO_MODELS;
  return { env: {}, flags: { planner: role(planner), executor: role(executor), synthesizer: role(synthesizer) } };
}

async function drive(loom: Loom, goal: string, flags: { readonly quiet?: boolean }): Promise<number> {
  const follower = await openFollower(flags);
  const code = await driveToEnd(loom, follower, flags, () => loom.start(goal, { listener: follower }));
  if (flags.quiet !== true) say(`See it in the browser: ${commandLine(["studio", "--demo"])}`);
  return code;
}
