// Words about what is wrong with an MCP server or its connection.
import { byCase } from "./by-case.js";
import { cut } from "./error-words.js";
import { quoted } from "./phrases.js";

/** What is wrong with a server or its connection. `text` is what the server said. `stderr` is what it wrote last. */
export type WireProblem =
  /** More messages in `ms` than are read. */
  | { readonly is: "flood"; readonly messages: number; readonly ms: number }
  /** More bytes without a message than are read, or a longer message. */
  | { readonly is: "too-large"; readonly bytes: number }
  /** A list of its tools that does not end, or that is too long. */
  | { readonly is: "endless-list"; readonly pages: number }
  /** It did not answer in time. */
  | { readonly is: "silent"; readonly ms: number; readonly stderr?: string }
  /** Its process or its connection ended before it answered. */
  | { readonly is: "ended"; readonly stderr?: string }
  /** Planloom has closed the connection. */
  | { readonly is: "closed" }
  /** An HTTP status. */
  | { readonly is: "status"; readonly status: number; readonly text?: string }
  /** It named an authorization server at an address that is not taken from a public server. */
  | { readonly is: "elsewhere"; readonly host: string }
  /** Its program, or the working folder of it, does not exist. */
  | { readonly is: "no-program"; readonly program: string }
  /** What the system or the SDK said. */
  | { readonly is: "failed"; readonly reason: string };

const lastWords = ({ stderr = "" }: { readonly stderr?: string }): string =>
  stderr === "" ? "" : ` It wrote last: ${stderr}`;

const stopped = (text: string): string => (/[.?!…]$/u.test(text) ? text : `${text}.`);

/** What the server did, as a sentence about "it". */
export const wireProblemText: (problem: WireProblem) => string = byCase("is", {
  flood: ({ messages, ms }) => `It sent more than ${messages} messages in ${ms / 1_000} s.`,
  "too-large": ({ bytes }) => `It sent more than ${bytes} bytes without the end of a message.`,
  "endless-list": ({ pages }) => `Its list goes on after ${pages} pages.`,
  silent: ({ ms, ...rest }) => `It did not answer within ${ms / 1_000} s.${lastWords(rest)}`,
  ended: (problem) => `It ended before it answered.${lastWords(problem)}`,
  closed: () => "Planloom has closed it.",
  status: ({ status, text = "" }) =>
    `It answered with status ${status}${text === "" ? "." : `: ${stopped(cut(text, 500))}`}`,
  elsewhere: ({ host }) => `It leads to ${host}, which is not on the public internet or has no https.`,
  "no-program": ({ program }) =>
    `The program ${quoted(program)} was not found, or its working folder.${
      /\s/u.test(program) ? " The arguments of a program stand in `args`, one text each." : ""
    }`,
  failed: ({ reason }) => `The reason: ${stopped(cut(reason, 2_000))}`,
});
