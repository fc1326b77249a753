// The facts of the routes that are functions of hono: streams of events, opened files, and the session of the Studio. In: nothing. Out:
// what OpenAPI says of them.
import { z } from "zod";
import { FIELD } from "../api/parts.js";
import type { RouteFacts } from "../api/route.js";

const SSE = "text/event-stream";

export const STREAM_FACTS: readonly RouteFacts[] = [
  {
    method: "get",
    path: "/v1/runs/{id}/events",
    id: "readEvents",
    summary: "Read or follow the events of a run",
    description:
      "As JSON: the events after `after`. With `Accept: text/event-stream`: the same as server-sent events, until the " +
      "run has ended. `id` is the number of the event, and `event` its type. The last one is `end`, with the reason. A " +
      "reader that connects again after the end of the run gets 204.",
    query: z.strictObject({
      after: FIELD.wholeText.optional().meta({ description: "The number (`seq`) of the last event that you have." }),
      limit: FIELD.wholeText.optional().meta({ description: "The most events of a JSON answer." }),
      names: z
        .literal("off")
        .optional()
        .meta({ description: "The events of a stream have no names, so that `EventSource.onmessage` gets them." }),
    }),
    headers: { "Last-Event-ID": "What an EventSource sends when it connects again. It wins over `after`." },
    answers: {
      200: { description: "The events.", schema: "Events", stream: SSE },
      204: { description: "The run has ended.", type: null },
    },
    problems: [404],
  },
  {
    method: "get",
    path: "/v1/runs/{id}/progress",
    id: "followProgress",
    summary: "Follow the progress of a run",
    description:
      "Server-sent events that are never stored, while this server drives the run: `step` (progress of a tool), `wait` " +
      "(a call waits for its model server), `turn` (a turn or a call of an agent step is done), `answer` (a piece of the " +
      "answer). They have no `id`. The last one is `end`, with the reason.",
    answers: { 200: { description: "The progress.", type: null, stream: SSE } },
    problems: [404],
  },
];

export const OPENED_FACTS: readonly RouteFacts[] = [
  {
    method: "post",
    path: "/v1/opened",
    id: "openExport",
    summary: "Open an exported run to read it",
    description:
      "The body is an export. The server keeps it in memory for a time, and stores nothing. All `GET` routes of a run " +
      "answer for the `id` that it gives. Commands are refused.",
    body: FIELD.record,
    right: "read",
    answers: { 201: { description: "The file is open.", schema: "Opened" } },
    problems: [422],
  },
  {
    method: "get",
    path: "/v1/opened/{id}",
    id: "readOpened",
    summary: "Read which run an opened file holds",
    answers: { 200: { description: "The file.", schema: "Opened" } },
    problems: [404],
  },
];

export const SESSION_FACTS: readonly RouteFacts[] = [
  {
    method: "get",
    path: "/v1/session",
    id: "readSession",
    summary: "Read who asks",
    answers: { 200: { description: "The name and the right of the token.", schema: "Session" } },
  },
  {
    method: "post",
    path: "/v1/session",
    id: "signIn",
    summary: "Exchange a token for a session of the browser",
    description: "Sets a cookie that no script can read. The Studio does this once.",
    body: z.strictObject({ token: FIELD.text }),
    isOpen: true,
    answers: { 200: { description: "The name and the right of the token.", schema: "Session" } },
  },
  {
    method: "delete",
    path: "/v1/session",
    id: "signOut",
    summary: "End the session of the browser",
    isOpen: true,
    answers: { 204: { description: "The cookie is gone.", type: null } },
  },
];
