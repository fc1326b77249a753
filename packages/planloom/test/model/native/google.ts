// The Gemini API of Google. In: what a model says. Out: a response, or its pieces.
import { halves, type Protocol, type Said } from "./server.js";

const USAGE = { promptTokenCount: 16, cachedContentTokenCount: 4, candidatesTokenCount: 5, totalTokenCount: 21 };

export const google: Protocol = {
  isStream: ({ path }) => path.includes(":streamGenerateContent"),
  whole: (said) => response(partsOf(said), "STOP"),
  events: (said) => {
    const parts = partsOf(said);
    return [...parts.flatMap(piecesOf).map((part) => response([part])), response([{ text: "" }], "STOP")];
  },
  failure: (status, message) => ({ error: { code: status, message, status: STATUS[status] ?? "INTERNAL" } }),
};

const STATUS: { readonly [status: number]: string } = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  429: "RESOURCE_EXHAUSTED",
};

interface Part {
  readonly text?: string;
  readonly thought?: true;
  readonly functionCall?: object;
  readonly thoughtSignature?: string;
}

function response(parts: readonly Part[], finishReason?: string): object {
  const finish = finishReason === undefined ? {} : { finishReason };
  return {
    candidates: [{ content: { role: "model", parts }, index: 0, ...finish }],
    usageMetadata: USAGE,
    modelVersion: "gemini",
  };
}

/** The signature stands beside the call. */
function partsOf({ thinking, text, call }: Said): readonly Part[] {
  const signature = thinking === undefined ? {} : { thoughtSignature: thinking.signature };
  return [
    ...(thinking === undefined ? [] : [{ text: thinking.text, thought: true as const }]),
    ...(text === undefined ? [] : [{ text }]),
    ...(call === undefined ? [] : [{ functionCall: { name: call.name, args: call.args }, ...signature }]),
  ];
}

const piecesOf = (part: Part): readonly Part[] =>
  part.text === undefined || part.thought === true ? [part] : halves(part.text).map((text) => ({ text }));
