// What a call would change, for the person who approves it. In: a preview, or a call that is shown in a list. Out: lines
// of inert text. The lines of a diff have their signs, and words for those who do not see them.
import { useState } from "preact/hooks";
import { runPath, type CallReview } from "../../api/people.js";
import { useGet } from "../../api/use-get.js";
import { Button } from "../../parts/button.js";

type ShownPreview = NonNullable<CallReview["preview"]>;

/** Longer previews are cut, and say how long they are. */
const MOST_LINES = 60;

/** The list of what waits has no previews: a tool is asked for one when its call is shown. */
export function ListedPreview({ call, edited }: { readonly call: CallReview; readonly edited: boolean }) {
  const hasCall = call.waiting && call.tool !== undefined && call.items === undefined;
  const { data } = useGet<CallReview>(hasCall ? runPath(call.runId, `/review/${encodeURIComponent(call.hash)}`) : null);
  return data?.preview === undefined ? null : <CallPreview preview={data.preview} edited={edited} />;
}

interface CallPreviewProps {
  readonly preview: ShownPreview;
  /** The person has changed the arguments of the call. */
  readonly edited?: boolean;
}

export function CallPreview({ preview, edited = false }: CallPreviewProps) {
  const [whole, setWhole] = useState(false);
  if (preview.kind === "failed") return <p class="small soft">{preview.note}</p>;
  const { kind, text, note } = preview;
  const title = kind === "diff" && preview.path !== undefined ? `Changes to ${preview.path}` : "What would change";
  const lines = text.replace(/\n$/u, "").split("\n");
  const shown = whole ? lines : lines.slice(0, MOST_LINES);
  // The names of the files stand above the first part.
  const head = kind === "diff" ? lines.findIndex((line) => line.startsWith("@@")) : lines.length;
  return (
    <figure class="preview">
      <figcaption class="small">{title}</figcaption>
      <pre tabIndex={0} role="region" aria-label={title}>
        {shown.map((line, at) => (at < head ? `${line}\n` : <DiffLine key={at} line={line} />))}
      </pre>
      {lines.length > MOST_LINES && (
        <p class="xs cut-note">
          <Button kind="quiet" small onPress={() => setWhole(!whole)}>
            {whole ? "Show less" : `Show all ${lines.length.toLocaleString("en-US")} lines`}
          </Button>
        </p>
      )}
      {note !== undefined && <p class="small soft">{note}</p>}
      {edited && <p class="small soft">This is for the arguments that wait, not for yours.</p>}
    </figure>
  );
}

function DiffLine({ line }: { readonly line: string }) {
  if (line.startsWith("+")) return <Marked as="ins" word="added: " line={line} />;
  if (line.startsWith("-")) return <Marked as="del" word="removed: " line={line} />;
  return <span class={line.startsWith("@@") ? "place" : ""}>{`${line}\n`}</span>;
}

interface MarkedProps {
  readonly as: "ins" | "del";
  readonly word: string;
  readonly line: string;
}

function Marked({ as: Tag, word, line }: MarkedProps) {
  return (
    <Tag>
      <span class="vh">{word}</span>
      {`${line}\n`}
    </Tag>
  );
}
