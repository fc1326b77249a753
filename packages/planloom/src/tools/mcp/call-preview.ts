// The preview of a call of a server's tool. In: the result of a call that changes nothing, such as a dry run. Out: what
// the person who approves sees.
import type { CallToolResult } from "@modelcontextprotocol/client";
import type { Preview } from "../preview.js";
import type { ToolArguments } from "../tool.js";
import { textOfParts } from "./told-content.js";

/** A diff in a fence, as Markdown writes it. */
const FENCED = /^(`{3,})diff\r?\n([^]*?)\n?\1\s*$/m;
const IS_DIFF = /^(?:diff --git |Index: |--- )/;

export function previewIn({ content = [], structuredContent }: CallToolResult, { path }: ToolArguments): Preview {
  const told = textOfParts(content);
  const text = told === "" && structuredContent !== undefined ? JSON.stringify(structuredContent, undefined, 2) : told;
  const [, , fenced] = FENCED.exec(text) ?? [];
  const diff = fenced ?? (IS_DIFF.test(text) ? text : undefined);
  if (diff === undefined) return { kind: "text", text };
  return { kind: "diff", text: diff, ...(typeof path === "string" ? { path } : {}) };
}
