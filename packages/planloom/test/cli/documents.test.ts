// What the five documents promise, on the command line. Each test quotes the row of the mission that it belongs to.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { modelServer, workspace } from "./planloom.js";

const AS_LISTED = [
  { step: "load_tickets", description: "Load this week’s support tickets" },
  { step: "count_intents", description: "handle data" },
  { step: "draft_report", description: "Generate a short weekly report" },
];

describe("P3: steps clear, order defined, hand-off defined; every problem named together with the next fix", () => {
  test("check names each step and its fault, and begins with the document's sentence", async () => {
    const here = workspace();
    here.write("plan.json", AS_LISTED);
    const { code, stdout, stderr } = await here.run(["check", "plan.json"]);
    expect(code).toBe(0);
    expect(stdout).toContain("NO_TEXT");
    expect(stdout).toContain("NO_ORDER");
    expect(stderr).toContain("steps clear no, order defined no, hand-off defined no");
    expect(stderr).toContain('next fix  First make the step descriptions clear. The text "handle data"');
    const { quality } = await here.json<{ quality: { faults: readonly { step?: string; about: string }[] } }>([
      ...["check", "plan.json", "--json"],
    ]);
    expect(quality.faults.map(({ step, about }) => [step, about])).toEqual([
      ["count_intents", "steps"],
      [undefined, "order"],
    ]);
  });

  test("a record of the checklist gives its next fix, as the document prints it", async () => {
    const here = workspace();
    const record = { steps_clear: true, order_defined: true, handoff_defined: false };
    here.write("quality.json", record);
    expect(await here.run(["check", "quality.json"])).toMatchObject({
      code: 3,
      stdout: "First clarify how each step’s output is passed to the next step.\n",
    });
    here.write(
      "quality.txt",
      'plan_quality = { "steps_clear": True, "order_defined": True, "handoff_defined": False,}',
    );
    expect((await here.run(["check", "quality.txt"])).stdout).toMatch(/^First clarify how each step’s output /);
    here.write("quality.json", { ...record, handoff_defined: true });
    expect(await here.run(["check", "quality.json"])).toMatchObject({
      code: 0,
      stdout: "The plan is now basically executable.\n",
    });
  });
});

describe("001: a good plan has expected evidence for each step", () => {
  test("the executor is told, and document and trace show what was found; prose in output is a description", async () => {
    const { server, env } = await modelServer(({ messages }) =>
      messages.some(({ content }) => content?.includes("list of prices") === true)
        ? { text: '["4 %", "94 %"]' }
        : { text: "It is 4 % above the average, says austin.md." },
    );
    const here = workspace(env);
    here.write("austin.md", "Austin: 4 % above the average.");
    const evidence = ["a number", "the file it is from", "the mood"];
    const rate = { id: "rate", agent: "Give the index of Austin.", evidence };
    const prices = { id: "prices", agent: "List both prices.", dependsOn: ["rate"], output: "list of prices" };
    const first = { value: "${{ prices[0] }}" };
    here.write("plan.json", { steps: [rate, prices], answer: first });
    here.write("planloom.config.json", { builtins: { files: { roots: ["."] } } });

    const checked = await here.run(["check", "plan.json"]);
    expect(checked).toMatchObject({ code: 0 });
    expect(checked.stdout).toContain('OUTPUT_DESCRIBED "list of prices" describes the output and is no type');

    const done = await here.json(["run", "plan.json", "--json"]);
    expect(done).toMatchObject({ exit: 0, answer: "4 %" });
    expect(done.steps[0]?.evidence).toEqual([
      { wanted: "a number", found: "yes" },
      { wanted: "the file it is from", found: "yes", named: ["austin.md"] },
      { wanted: "the mood", found: "unchecked" },
    ]);
    expect(JSON.stringify(server.requests[0]?.body)).toContain("a number; the file it is from; the mood");
    const { stdout } = await here.run(["show", "last", "--trace"]);
    expect(stdout).toContain("evidence found: the file it is from (austin.md)");
    expect(stdout).toContain("evidence not checked: the mood");
    expect(await here.run(["replay", "last", "--strict"])).toMatchObject({ code: 0 });
  });
});

describe("X1: the documents' examples run: cost of living comparison (002)", () => {
  const example = (name: string) => fileURLToPath(new URL(`../../../../examples/${name}`, import.meta.url));
  const plan = readFileSync(example("cost-of-living/document-plan.json"), "utf8");
  const documents = example("cost-of-living/docs");

  test("the document's plan runs without a configuration file: --search FOLDER, --model NAME", async () => {
    const { env } = await modelServer(() => ({ text: "Housing takes 45,000 dollars." }));
    const here = workspace(env);
    here.write("plan.json", plan);
    const bare = await here.run(["check", "plan.json"]);
    expect(bare.code).toBe(3);
    expect(bare.stdout).toContain("TOOL_NOT_SET_UP The tool search is built in, but it is not set up here.");
    expect(bare.stdout).toContain("--search FOLDER");
    const drawn = await here.run(["graph", "plan.json"]);
    expect([drawn.code, drawn.stdout]).toEqual([0, expect.stringContaining("wave 1")]);
    const refused = await here.run(["run", "plan.json"]);
    expect(refused.stderr).toContain("Set it up with `--search FOLDER` or `builtins.search` in the configuration");

    expect(await here.run(["check", "plan.json", "--search", documents])).toMatchObject({ code: 0 });
    const done = await here.json(["run", "plan.json", "--search", documents, "--json"]);
    expect(done).toMatchObject({ exit: 0, success: true, answer: "Housing takes 45,000 dollars." });
    expect(done.steps.map(({ output }) => output).slice(2)).toEqual([45_000, 105_000]);
  });

  test("summarize needs a model, files a folder, and each command that checks a plan takes the flags", async () => {
    const here = workspace();
    const steps = [
      { id: "text", tool: "read_file", with: { path: "austin.md" } },
      { id: "short", tool: "summarize", with: { text: "${{ text.text }}" } },
    ];
    here.write("plan.json", { steps });
    const flags = ["--files", documents, "--model", "any", "--base-url", "http://127.0.0.1:9/v1"];
    for (const command of ["check", "graph", "estimate"])
      expect([command, (await here.run([command, "plan.json", ...flags])).code]).toEqual([command, 0]);
    const { stdout } = await here.run(["tools", "--search", documents, ...flags]);
    for (const tool of ["search", "read_file", "list_files", "summarize"]) expect(stdout).toContain(`${tool} {`);
    expect(stdout).not.toContain("write_file");
    const { code, stderr } = await here.run(["tools", "--search", "nowhere"]);
    expect([code, stderr]).toEqual([4, expect.stringContaining("BAD_FOLDER")]);
  });
});

describe("P1: tool hints are empty by default; a step chooses as needed (000)", () => {
  test("a step without hints is offered all tools, and check says what it read and what is missing", async () => {
    const { server, env } = await modelServer(() => ({ text: "done" }));
    const here = workspace(env);
    here.write("plan.json", [{ step: "load", description: "Load the notes of this week" }]);
    const flags = ["--files", here.folder];
    expect((await here.run(["check", "plan.json", ...flags])).stderr).toContain("the step chooses its tools");
    expect(await here.run(["run", "plan.json", ...flags])).toMatchObject({ code: 0 });
    const [request] = server.requests.map(({ body }) => body);
    expect(request?.tools?.map(({ function: { name } }) => name)).toEqual(
      expect.arrayContaining(["calculate", "read_file", "list_files"]),
    );
    here.write("own.json", { steps: [{ id: "look", agent: "Use read_file to look." }] });
    expect((await here.run(["check", "own.json", ...flags])).stdout).toContain("TOOL_NOT_GIVEN");
  });
});

describe("P2: planner, executor and synthesizer may each be a different model", () => {
  test("a model of the document that needs an address is told which provider has it (003)", async () => {
    const here = workspace();
    const refused = await here.run(["run", "Process refund for order #12345", "--model", "claude-opus-4-6"]);
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain(
      "Name the model anthropic:claude-opus-4-6, and install its package with `npm install @ai-sdk/anthropic@3`, and set",
    );
    const goal = ["run", "Compare the cost of living", "--model", "gpt-4o"];
    expect((await here.run(goal)).stderr).toContain("For a model of OpenAI set OPENAI_API_KEY.");
    const server = ["run", "Compare", "--model", "NousResearch/Hermes-3-Llama-3.1-8B"];
    expect((await here.run(server)).stderr).toContain("Set PLANLOOM_BASE_URL to the server that has it");
  });

  test("what flags named has to be named again in another process, which says so", async () => {
    const { env } = await modelServer(() => ({ text: "done" }));
    const here = workspace(env);
    here.write("notes.md", "Tea is hot.");
    here.write("plan.json", {
      steps: [{ id: "find", tool: "search", with: { query: "tea" } }],
      answer: { from: ["find"] },
    });
    const waits = await here.run(["run", "plan.json", "--search", ".", "--approval", "always"]);
    expect(waits.code).toBe(5);
    const refused = await here.run(["approve", "last"]);
    expect(refused.stderr).toContain("lacks the tool search");
    expect(refused.stderr).toContain("next: For search, give --search FOLDER, or set builtins.search");
    expect(refused.stderr).toContain("Flags such as --model, --search, --files and --mcp have to be given again.");
    expect(await here.run(["approve", "last", "--search", "."])).toMatchObject({ code: 0, stdout: "done\n" });
  });
});
