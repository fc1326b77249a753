// The preview of a retry or a fork, renewed when its fields rest. In: a path and a body. Out: the preview, or the refusal.
import { useEffect, useState } from "preact/hooks";
import { post } from "../../api/client.js";
import type { AgainPreview } from "./preview.js";

const REST_MS = 200;

interface Known {
  readonly body: string;
  readonly preview?: AgainPreview;
  readonly error?: unknown;
}

/** `null`: the fields do not fit yet. Old results are not shown for newer fields. */
export function usePreview(path: string, body: object | null): Omit<Known, "body"> {
  const [known, setKnown] = useState<Known>();
  const text = body === null ? null : JSON.stringify(body);
  useEffect(() => {
    if (text === null) return;
    const gone = new AbortController();
    const timer = setTimeout(() => {
      post<AgainPreview>(path, JSON.parse(text) as object, gone.signal).then(
        (preview) => setKnown({ body: text, preview }),
        (error: unknown) => gone.signal.aborted || setKnown({ body: text, error }),
      );
    }, REST_MS);
    return () => (clearTimeout(timer), gone.abort());
  }, [path, text]);
  return known !== undefined && known.body === text ? known : {};
}
