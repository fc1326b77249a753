// Asks a tool what a call would change. In: the tool, the arguments of a call that waits, and the run. Out: a preview;
// undefined if the tool gives none. It never rejects, ends in time, and holds no secret.
import { beginning } from "../beginning.js";
import { LIMITS } from "../limits.js";
import type { Json, JsonObject } from "../plan/json.js";
import type { Step } from "../plan/plan.js";
import { revealed } from "../plan/secret.js";
import type { Run } from "../run/state.js";
import { cutPreview, type Preview, type ShownPreview } from "../tools/preview.js";
import { secretFilter, type SecretFilter } from "../tools/secret-filter.js";
import { failureText } from "../words/failures.js";
import { cutNote, failedNote, secretMark } from "../words/previews.js";
import { endInTime } from "./call-tool.js";
import type { Services } from "./services.js";

/** A call that waits: its tool, and its arguments as they are recorded. */
export interface PreviewedCall {
  readonly step: Step;
  readonly tool: string;
  readonly args: JsonObject;
}

/** Makes previews of the calls of a run. A tool of a server that is not open has none. */
export interface Previewer {
  /** Whether the tool gives previews. */
  has(tool: string): boolean;
  /** undefined if the tool gives none. Never rejects. */
  of(run: Run, call: PreviewedCall): Promise<ShownPreview | undefined>;
}

export function previewerIn(services: Services): Previewer {
  return {
    has: (tool) => services.inventory.get(tool)?.preview !== undefined,
    async of(run, { step, tool, args }) {
      const preview = services.inventory.get(tool)?.preview;
      if (preview === undefined) return undefined;
      // A secret is not revealed: the preview would show it.
      const shown = revealed(args, step.with, secretMark) as { readonly [name: string]: Json };
      const ask = async (signal: AbortSignal) => preview(shown, { signal, context: await services.contexts?.of(run) });
      const end = await endInTime(ask, new AbortController().signal, LIMITS.callPreviewMs, services);
      if (end.ok) return shownPreview(end.output, secretFilter(services.secrets));
      return { kind: "failed", note: failedNote(failureText(end.error)) };
    },
  };
}

/** A file may hold a secret. It is taken out before the text is cut: a part of it would not be found any more. */
function shownPreview(preview: Preview, filter: SecretFilter): ShownPreview {
  const whole = filter.text(beginning(preview.text, LIMITS.valueBytes));
  const text = cutPreview(whole);
  const left = whole.length - text.length + Math.max(0, preview.text.length - LIMITS.valueBytes);
  const note = left === 0 ? {} : { note: cutNote(left) };
  if (preview.kind === "text") return { kind: "text", text, ...note };
  const { path } = preview;
  return { kind: "diff", ...(path === undefined ? {} : { path: filter.text(path) }), text, ...note };
}
