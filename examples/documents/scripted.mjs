// @ts-check
// A scripted model for executor and synthesizer: no model runs here. In: nothing. Out: a server on 127.0.0.1 that
// speaks the OpenAI API. Separate because run.mjs and the tests use it. It answers with what it was given: the names of
// the data in the request, or (where an argument of a tool is missing, and to the tool `summarize`) the data itself.
import { startFakeOpenAI } from "planloom/testing";
import { dataText, firstMessage } from "../shared/model-request.mjs";

export const MODEL = "scripted-model";

export function startScripted() {
  return startFakeOpenAI({
    models: [MODEL],
    reply(body) {
      if (body.messages[0]?.content?.startsWith("Summarize ")) return { text: `[summary of: ${firstMessage(body)}]` };
      const names = [...firstMessage(body).matchAll(/<data name="([^"]+)">/g)].map((match) => match[1] ?? "");
      const schema = body.response_format?.json_schema?.schema;
      if (schema === undefined) return { text: names.length === 0 ? "had nothing" : `had ${names.join(", ")}` };
      const [argument = ""] = Object.keys(schema["properties"] ?? {});
      return { json: { [argument]: names.map((name) => dataText(body, name)).join(" and ") } };
    },
  });
}
