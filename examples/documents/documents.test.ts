// Plans in the formats of the documents, as they are written there: read, checked, run. Their data is carried by
// depends_on alone. The model is scripted; the test reads what it is sent.
import { readdir, readFile } from "node:fs/promises";
import { createLoom, type Json, type Loom } from "planloom";
import { readPlan } from "planloom/plan";
import type { FakeOpenAI } from "planloom/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runJson, runScript } from "../shared/command.js";
import { dataText, firstMessage } from "../shared/model-request.mjs";
import { MODEL, startScripted } from "./scripted.mjs";
import { tools } from "./tools.mjs";

let server: FakeOpenAI;
let loom: Loom;

beforeEach(async () => {
  server = await startScripted();
  loom = await createLoom({
    tools,
    models: { default: { model: MODEL, baseURL: server.url, apiKey: "none" } },
    store: "memory",
  });
});

afterEach(async () => {
  await loom.close();
  await server.close();
});

/**
 * Facts about each plan: its steps, and for each step that a model takes part in, the steps whose outputs it must be
 * sent.
 */
const PLANS: { readonly [file: string]: { readonly ids: string; readonly sent: { readonly [id: string]: string } } } = {
  "000.json": { ids: "s1 s2 s3 s4", sent: { s1: "", s2: "", s3: "s1 s2", s4: "s3" } },
  "001.json": {
    ids: "load_tickets count_intents find_top_intent draft_report",
    sent: {
      load_tickets: "",
      count_intents: "load_tickets",
      find_top_intent: "count_intents",
      draft_report: "load_tickets count_intents find_top_intent",
    },
  },
  "001-as-listed.json": {
    ids: "load_tickets count_intents find_top_intent draft_report",
    sent: { load_tickets: "", count_intents: "", find_top_intent: "", draft_report: "" },
  },
  "002-list.json": { ids: "s1 s2 s3", sent: { s3: "s1 s2" } },
  "002-steps.json": { ids: "s1 s2 s3", sent: { s3: "s1 s2" } },
  "003.json": { ids: "s1 s2 s3a s3b s4 s5", sent: { s2: "s1", s3a: "s2", s3b: "s2", s4: "s3a s3b", s5: "s4" } },
};

test("no plan in the folder is left out", async () => {
  expect((await readdir(new URL("plans/", import.meta.url))).toSorted()).toEqual(Object.keys(PLANS).toSorted());
});

describe.each(Object.entries(PLANS))("%s", (file, { ids, sent }) => {
  test("is read, passes check, and runs; its steps are sent the outputs of those before them", async () => {
    const draft = await draftIn(file);
    const checked = loom.check(draft);
    expect(checked.findings.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(checked.ok).toBe(true);

    const result = await loom.run(`Carry out ${file}`, { plan: draft });
    expect(result).toMatchObject({ status: "completed", success: true });
    expect(result.steps.map(({ id }) => id).join(" ")).toBe(ids);
    const outputs = new Map(result.steps.map(({ id, output }) => [id, output]));
    for (const { id, title } of result.steps) {
      const body = requestFor(title);
      expect(body === undefined ? undefined : dataNames(firstMessage(body)), `sent to ${id}`).toBe(sent[id]);
      if (body === undefined) continue;
      for (const name of dataNames(firstMessage(body)).split(" ").filter(Boolean)) {
        expect(dataText(body, name)).toBe(shown(outputs.get(name)));
      }
    }
  });
});

test("a list with no word on what is handed on is run, and check says so", async () => {
  const { findings } = loom.check(await draftIn("001-as-listed.json"));
  expect(findings.map(({ code, severity }) => [code, severity])).toEqual([["NO_ORDER", "warning"]]);
});

test("an argument that a document leaves to the executor is filled from the outputs before it", async () => {
  const result = await loom.run("Compile a table", { plan: await draftIn("003.json") });
  const output = (id: string) => result.steps.find((step) => step.id === id)?.output as string;
  expect(output("s4")).toBe(`[table of: ${output("s3a")} and ${output("s3b")}]`);
});

test("the script prints what the README shows", async () => {
  const ended = await runScript("examples/documents/run.mjs");
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  expect(await readFile(new URL("README.md", import.meta.url), "utf8")).toContain(ended.stdout.trimEnd());
});

test("the command line runs such a plan as it is", async () => {
  const { code, document } = await runJson([
    ...["run", "examples/documents/plans/000.json", "--config", "examples/documents/planloom.config.ts"],
    ...["--model", MODEL, "--base-url", server.url],
  ]);
  expect(code).toBe(0);
  expect(document).toMatchObject({ status: "completed", success: true, stepsTotal: 4, stepsCompleted: 4 });
  expect(document.steps[2]).toMatchObject({ id: "s3", title: "Integrate the data", output: "had s1, s2" });
});

async function draftIn(file: string): Promise<unknown> {
  const text = await readFile(new URL(`plans/${file}`, import.meta.url), "utf8");
  const read = readPlan(text, { inventory: loom.inventory });
  if (read.kind !== "plan") throw new Error(`${file}: ${read.kind}`);
  return read.draft;
}

/** The executor's first request for the step with this title; undefined where no model takes part in it. */
function requestFor(title: string) {
  return server.requests
    .map(({ body }) => body)
    .find((body) => firstMessage(body).split("\n").includes(`Your step: ${title}`));
}

const dataNames = (text: string) => [...text.matchAll(/<data name="([^"]+)">/g)].map((match) => match[1]).join(" ");

/** As a model is shown an output. */
const shown = (output: Json | undefined) => (typeof output === "string" ? output : JSON.stringify(output));
