// Each snippet of the documents is compiled and run. A snippet that is not says why in a comment; this test counts them.
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startFakeOpenAI, type FakeOpenAI } from "../../src/testing/fake-openai-server.js";
import { parse } from "yaml";
import { diagnosticsOf, fileName, jobsOf, openLab, runJobs, type Job, type Lab, type Ran } from "./snippet-lab.js";
import { REPLIES } from "./snippet-replies.js";
import { ROOT, snippets, type Snippet } from "./snippet.js";

/** Blocks that other tests of this folder hold to the sources: they have a word behind the language. */
const HELD = new Set(["plan", "foreign", "finding", "said", "adapter", "patch", "revision", "revised"]);

const all = snippets().filter(({ info }) => !HELD.has(info[0] ?? ""));
const at = ({ page, line }: Snippet): string => `${page}:${line}`;
const reasons = all.flatMap((snippet) => {
  const { notRun, notChecked } = snippet;
  return notRun === undefined && notChecked === undefined ? [] : [`${at(snippet)}: ${notRun ?? notChecked}`];
});

let lab: Lab;
let jobs: readonly Job[] = [];
let ran: readonly Ran[] = [];
const servers: FakeOpenAI[] = [];

beforeAll(async () => {
  lab = openLab();
  const urls = new Map<string, string>();
  for (const [name, reply] of Object.entries(REPLIES)) {
    const server = await startFakeOpenAI({ reply, models: ["test-model"] });
    servers.push(server);
    urls.set(name, server.url);
  }
  jobs = jobsOf(lab, all, (name) => {
    const url = urls.get(name);
    if (url === undefined) throw new Error(`no replies are called ${name}`);
    return url;
  });
});

afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
  lab.remove();
});

test("the compiler takes all of them", async () => {
  expect(await diagnosticsOf(lab, all)).toEqual([]);
});

test("each runs, prints what the page says, and ends as the page says", async () => {
  ran = await runJobs(lab, jobs);
  const faults = jobs.flatMap(({ snippet, kind }, index) => {
    const { error, printed, code } = ran[index]!;
    const wrong = [
      ...(error === undefined ? [] : [error]),
      ...(kind === "sh" && code !== snippet.exit ? [`exit ${code}: ${printed}`] : []),
      ...snippet.prints.filter((text) => !printed.includes(text)).map((text) => `did not print ${text}: ${printed}`),
    ];
    return wrong.map((text) => `${at(snippet)} ${text}`);
  });
  expect(faults).toEqual([]);
});

test("what is shown of a file is in that file", () => {
  const wrong = all.flatMap((snippet) => {
    if (snippet.from === undefined) return [];
    const file = readFileSync(path.join(ROOT, snippet.from), "utf8");
    const lines = new Set(file.split("\n").map((line) => line.trim()));
    return snippet.text
      .split("\n")
      .filter((line) => !["", "…"].includes(line.trim()) && !lines.has(line.trim()))
      .map((line) => `${at(snippet)} ${line}`);
  });
  expect(wrong).toEqual([]);
});

test("data can be read", () => {
  for (const snippet of all) {
    if (snippet.notChecked !== undefined) continue;
    if (snippet.language === "json") expect(() => void JSON.parse(snippet.text), at(snippet)).not.toThrow();
    if (snippet.language === "yaml") expect(() => void parse(snippet.text), at(snippet)).not.toThrow();
  }
});

test("the program of the README has at most 20 lines", () => {
  const program = all.find(({ page, language }) => page === "README.md" && language === "ts");
  expect(program?.prints.length).toBeGreaterThan(0);
  expect(program?.text.split("\n").filter((line) => line.trim() !== "").length).toBeLessThanOrEqual(20);
});

test("it is known which are not run", () => {
  for (const reason of reasons) expect(reason.split(": ")[1]?.length, reason).toBeGreaterThan(10);
  const counts = {
    all: all.length,
    run: jobs.filter(({ kind }) => kind !== "write").length,
    files: all.filter(fileName).length,
    notRun: reasons.length,
  };
  console.info(`snippets: ${JSON.stringify(counts)}`, reasons.join("\n"));
  expect(reasons.length).toBeLessThanOrEqual(19);
});
