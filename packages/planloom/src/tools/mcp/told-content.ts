// What a plan sees of the content of an MCP server. In: the parts of a result, or of a resource. Out: one text, or the
// parts as data. A part without text is named in one line of the text.
import type { ContentBlock, ReadResourceResult } from "@modelcontextprotocol/client";
import type { Json, JsonObject } from "../../plan/json.js";

type ResourcePart = ReadResourceResult["contents"][number];

/** The schema of an output that is one text. */
export const TEXT_OUTPUT: JsonObject = { type: "string" };

/** The schema of an output that is a list of parts. */
export const PARTS_OUTPUT: JsonObject = {
  type: "array",
  items: {
    type: "object",
    properties: {
      type: { type: "string", description: "text, image, audio, resource or link" },
      text: { type: "string" },
      data: { type: "string", description: "base64" },
      mimeType: { type: "string" },
      uri: { type: "string" },
      name: { type: "string" },
    },
    required: ["type"],
  },
};

/** The texts, one below the other. */
export const textOfParts = (parts: readonly ContentBlock[]): string => parts.map(textOfPart).join("\n");

function textOfPart(part: ContentBlock): string {
  switch (part.type) {
    case "text":
      return part.text;
    case "resource":
      return textOfResource(part.resource);
    case "resource_link":
      return `[link to ${part.uri}: ${part.name}]`;
    case "image":
    case "audio":
      return `[${part.type}, ${part.mimeType}, ${bytesOf(part.data)} bytes]`;
    default:
      // A later revision of the protocol has more.
      return `[${String((part as { readonly type: unknown }).type)}]`;
  }
}

export const textOfResource = (part: ResourcePart): string =>
  "text" in part && typeof part.text === "string"
    ? part.text
    : `[${part.uri}, ${part.mimeType ?? "of an unknown type"}, ${bytesOf("blob" in part ? part.blob : "")} bytes]`;

const bytesOf = (base64: string): number => Math.floor((base64.replace(/=+$/, "").length * 3) / 4);

export const dataOfParts = (parts: readonly ContentBlock[]): Json => parts.map(dataOfPart);

function dataOfPart(part: ContentBlock): JsonObject {
  switch (part.type) {
    case "text":
      return { type: "text", text: part.text };
    case "resource":
      return dataOfResource(part.resource);
    case "resource_link":
      return { type: "link", uri: part.uri, name: part.name, ...typed(part) };
    case "image":
    case "audio":
      return { type: part.type, data: part.data, mimeType: part.mimeType };
    default:
      return { type: String((part as { readonly type: unknown }).type) };
  }
}

export const dataOfResource = (part: ResourcePart): JsonObject => ({
  type: "resource",
  uri: part.uri,
  ...typed(part),
  ...("text" in part && typeof part.text === "string" ? { text: part.text } : {}),
  ...("blob" in part && typeof part.blob === "string" ? { data: part.blob } : {}),
});

const typed = ({ mimeType }: { readonly mimeType?: string | undefined }): JsonObject =>
  mimeType === undefined ? {} : { mimeType };
