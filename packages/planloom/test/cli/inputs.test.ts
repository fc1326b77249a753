// Inputs of the command line, and texts in other encodings. In: flags and files, in this process. Out: values, or a
// refusal that names the file and the fix.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { loadConfigFile } from "../../src/cli/config-file.js";
import { declaredIn, inputsFromFlags, inputValues } from "../../src/cli/inputs.js";
import { fileText } from "../../src/cli/plan-file.js";
import { readRecording } from "../../src/engine/recording.js";
import { decodedText } from "../../src/files/text-encoding.js";
import type { Json } from "../../src/plan/json.js";
import type { PlanloomError } from "../../src/words/planloom-error.js";

const folder = mkdtempSync(join(tmpdir(), "planloom-inputs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

const FILES: readonly (readonly [name: string, content: string, type: string | undefined, value: Json])[] = [
  ["zip.txt", "00501", "string", "00501"],
  ["quoted.txt", '"a"', "string", '"a"'],
  ["n.txt", "42\n", "number", 42],
  ["n.txt", "42\n", undefined, "42\n"],
  ["list.txt", '["a"]', "string[]", ["a"]],
  ["zip.json", "12345", "string", "12345"],
  ["order.json", '{"zip": 12345}', "{ zip: string }", { zip: "12345" }],
  ["order.json", '{"zip": 12345}', undefined, { zip: 12345 }],
  ["text.json", '{"a": 1}\n', "string", '{"a": 1}\n'],
  ["zips.yaml", "- 00501\n- 12345\n- 1.10\n- true\n- 0x1F", "string[]", ["00501", "12345", "1.10", "true", "0x1F"]],
  ["zips.yaml", "- 00501\n- 12345\n- '7'\n- 0.30\n", undefined, ["00501", 12345, "7", 0.3]],
  [
    "order.yml",
    "zip: 01234\nn: 2\nat: 2026-11-30\n",
    "{ zip: string, n: number }",
    { zip: "01234", n: 2, at: "2026-11-30" },
  ],
  ["long.yaml", "id: 9007199254740993\n", undefined, { id: "9007199254740993" }],
  ["bom.json", '\uFEFF{"a": 1}', undefined, { a: 1 }],
  ["bom.txt", "\uFEFFabc", "string", "abc"],
];

test.each(FILES)("%s with %j as %s is %j", async (name, content, type, value) => {
  const given = await inputsFromFlags([`x=@${put(name, content)}`]);
  expect(inputValues(given, type === undefined ? {} : { x: { type } })).toEqual({ x: value });
});

test("one @ is written twice, and its text is a text", async () => {
  expect(inputValues(await inputsFromFlags(["x=@@12", "y=@@ann"]))).toEqual({ x: "@12", y: "@ann" });
});

test("the types are those of the plan, in YAML, JSON and a fence", () => {
  const plan = { inputs: { zip: { type: "string" }, n: {} }, steps: [{ id: "a", ask: "?" }] };
  const types = { zip: { type: "string" } };
  expect(declaredIn(JSON.stringify(plan))).toEqual(types);
  expect(declaredIn(`\`\`\`json\n${JSON.stringify(plan)}\n\`\`\``)).toEqual(types);
  expect(declaredIn("inputs: { zip: { type: string }, n: {} }\nsteps:\n  - { id: a, ask: '?' }\n")).toEqual(types);
  expect(declaredIn("Sum up the orders.")).toEqual({});
});

const TEXT = "Größe: 5 €, naïve\n";
const utf16le = Buffer.from(TEXT, "utf16le");
const utf16be = Buffer.from(utf16le).swap16();
const utf32le = Buffer.from([...TEXT].flatMap((char) => [char.codePointAt(0)! & 255, char.codePointAt(0)! >> 8, 0, 0]));

const OTHERS: readonly (readonly [what: string, bytes: Buffer, encoding: string])[] = [
  ["UTF-16LE with a mark", Buffer.concat([Buffer.from([0xff, 0xfe]), utf16le]), "UTF-16"],
  ["UTF-16BE with a mark", Buffer.concat([Buffer.from([0xfe, 0xff]), utf16be]), "UTF-16"],
  ["UTF-16LE without a mark", utf16le, "UTF-16"],
  ["UTF-16BE without a mark", utf16be, "UTF-16"],
  ["a short UTF-16", Buffer.from("a1", "utf16le"), "UTF-16"],
  ["UTF-32 with a mark", Buffer.concat([Buffer.from([0xff, 0xfe, 0, 0]), utf32le]), "UTF-32"],
  ["Latin-1", Buffer.from("caf\u00e9", "latin1"), "latin-1"],
  ["Windows-1252", Buffer.from([0x35, 0x20, 0x80]), "latin-1"],
  ["a surrogate as UTF-8", Buffer.from([0xed, 0xa0, 0x80]), "latin-1"],
  ["a half character at the end", Buffer.from("a€").subarray(0, 3), "latin-1"],
];

describe("bytes that are not UTF-8 are refused:", () => {
  test.each(OTHERS)("%s", async (_what, bytes, encoding) => {
    const file = put("other.txt", bytes);
    const wanted = { code: "FILE_NOT_UTF8", params: { file, encoding }, kind: "usage" };
    await expect(inputsFromFlags([`x=@${file}`])).rejects.toMatchObject(wanted);
    await expect(readRecording(file)).rejects.toMatchObject(wanted);
    const error = (await fileText(file, 1_000).catch((thrown: unknown) => thrown)) as PlanloomError;
    expect(error.next).toContain("iconv -f ");
  });

  test.each(["planloom.config.json", "planloom.config.yaml", "planloom.config.mjs"])("%s", async (name) => {
    const file = put(name, Buffer.from("\uFEFF{}", "utf16le"));
    await expect(loadConfigFile(file)).rejects.toMatchObject({
      code: "CONFIG_FAILED",
      params: { reason: expect.stringContaining("UTF-16") as string, next: expect.stringContaining("UTF-8") as string },
    });
  });
});

test("a mark of UTF-8 is no part of a text, and a cut text may end inside a character", async () => {
  expect(decodedText(Buffer.from("\uFEFFabc"))).toEqual({ ok: true, text: "abc" });
  expect(await fileText(put("cut.txt", "abc€def"), 3)).toBe("abc");
  expect(await loadConfigFile(put("marked.yaml", "\uFEFFconcurrency: 2\n"))).toMatchObject({ concurrency: 2 });
  expect(decodedText(new Uint8Array())).toEqual({ ok: true, text: "" });
});

test("paths of the built-in tools in a configuration are relative to its folder", async () => {
  const file = put("paths.yaml", "builtins: { sql: { databases: { a: a.db } }, search: { folder: docs } }\n");
  const here = dirname(file);
  expect((await loadConfigFile(file)).builtins).toEqual({
    sql: { databases: { a: join(here, "a.db") } },
    search: { folder: join(here, "docs") },
  });
});
