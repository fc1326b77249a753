// Files as inputs: texts as text, other files in base64, each with its media type.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { createLoom, memoryStore, tool } from "../../src/index.js";
import { fileInput } from "../../src/inputs.js";
import { inputsFromFlags } from "../../src/cli/inputs.js";
import { folder } from "./parts.js";

const PNG = Buffer.from("89504e470d0a1a0a00", "hex");

test("a tool gets the text or the bytes of a file, with its media type", async () => {
  const here = folder();
  writeFileSync(join(here, "note.md"), "# Grüße");
  writeFileSync(join(here, "dot.PNG"), PNG);
  const got: unknown[] = [];
  const look = tool({
    name: "look",
    description: "Looks at files.",
    input: z.object({ note: z.string(), picture: z.object({ mediaType: z.string(), base64: z.string() }).loose() }),
    effects: "none",
    run: (args) => void got.push(args),
  });
  const loom = await createLoom({ tools: [look], store: memoryStore() }, { env: {} });
  const inputs = { note: await fileInput(join(here, "note.md")), picture: await fileInput(join(here, "dot.PNG")) };
  const step = { id: "a", tool: "look", with: { note: "${{ inputs.note.text }}", picture: "${{ inputs.picture }}" } };
  const plan = { steps: [step], answer: { value: "${{ inputs.note.mediaType }}" } };
  expect(await loom.run("Look.", { plan, inputs })).toMatchObject({ status: "completed", answer: "text/markdown" });
  const picture = { name: "dot.PNG", mediaType: "image/png", base64: PNG.toString("base64") };
  expect(got).toEqual([{ note: "# Grüße", picture }]);
  expect(await inputsFromFlags([`p=@${join(here, "dot.PNG")}`])).toEqual([{ name: "p", text: "", media: picture }]);
  await loom.close();
});

test("bytes are text if they are UTF-8; a text that is not is refused, and so is a file that is too large", async () => {
  expect(await fileInput(Buffer.from("a,b"), { name: "t.csv" })).toEqual({
    name: "t.csv",
    mediaType: "text/csv",
    text: "a,b",
  });
  expect(await fileInput(Buffer.from("hi"))).toEqual({ name: "file", mediaType: "text/plain", text: "hi" });
  expect(await fileInput(PNG)).toMatchObject({ mediaType: "application/octet-stream" });
  const latin = Buffer.from([0x47, 0x72, 0xfc]);
  await expect(fileInput(latin, { name: "a.txt" })).rejects.toMatchObject({ code: "FILE_INPUT_INVALID" });
  await expect(fileInput(Buffer.alloc(9_000_000))).rejects.toMatchObject({ params: { problem: "too-large" } });
  await expect(fileInput("no/such.file")).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
});

test("a file that tells no size is read to its end, and a media type may have parameters", async () => {
  // The system writes it while it is read.
  expect(await fileInput("/proc/self/status")).toMatchObject({ text: expect.stringContaining("Pid:") as string });
  await expect(fileInput("/dev/zero")).rejects.toMatchObject({ code: "FILE_INPUT_INVALID" });
  const json = { mediaType: "Application/JSON; charset=utf-8" };
  expect(await fileInput(Buffer.from("{}"), json)).toEqual({ name: "file", ...json, text: "{}" });
});
