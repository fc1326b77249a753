// The body of a request. In: a request. Out: the same request with its whole body in memory, or the refusal. A body is
// JSON, and has a limit, whether or not the request says its length.
import { LIMITS } from "../../limits.js";
import { PlanloomError } from "../../words/planloom-error.js";

/** Throws MEDIA_TYPE, BODY_TOO_LARGE, EXPORT_INVALID. */
export async function boundedBody(request: Request): Promise<Request> {
  if (request.method === "GET" || request.method === "HEAD" || request.body === null) return request;
  const declared = Number(request.headers.get("content-length") ?? 0);
  const limit = limitOf(request);
  if (declared > limit.most) throw limit.tooLarge();
  const bytes = await readAll(request.body, limit);
  const given = request.headers.get("content-type") ?? "";
  if (bytes.length > 0 && !/^application\/json\s*(;|$)/iu.test(given))
    throw new PlanloomError("MEDIA_TYPE", { given: given.slice(0, SHOWN_CHARS) });
  const { method, headers, signal } = request;
  return new Request(request.url, { method, headers, signal, ...(bytes.length === 0 ? {} : { body: bytes }) });
}

interface BodyLimit {
  readonly most: number;
  readonly tooLarge: () => PlanloomError;
}

/** An exported run is larger than any other body. */
function limitOf({ url }: Request): BodyLimit {
  const isFile = new URL(url).pathname === "/v1/opened";
  const most = isFile ? LIMITS.openedBytes : LIMITS.requestBytes;
  const file = { file: "The file", problem: "too-large", mebibytes: most / 2 ** 20 } as const;
  const tooLarge = () =>
    isFile ? new PlanloomError("EXPORT_INVALID", file) : new PlanloomError("BODY_TOO_LARGE", { most });
  return { most, tooLarge };
}

async function readAll(
  body: ReadableStream<Uint8Array>,
  { most, tooLarge }: BodyLimit,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop cancels the stream.
  for await (const part of body as unknown as AsyncIterable<Uint8Array>) {
    length += part.length;
    if (length > most) throw tooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts, length);
}

const SHOWN_CHARS = 200;
