// What stands over each page of an opened file: that it is a file, and what was replaced in it. In: the id of the file.
// Out: a band, or a page that says that nothing can be done.
import type { OpenedFile } from "../api/opened.js";
import { useGet } from "../api/use-get.js";
import { EmptyNote } from "../parts/note.js";
import { pageOfRun } from "../api/people.js";

export function OpenedBand({ id }: { readonly id: string }) {
  const { data, error } = useGet<OpenedFile>(`/v1/opened/${encodeURIComponent(id)}`);
  // The page itself says why the file cannot be read.
  if (error !== undefined) return null;
  return (
    <aside class="band opened" aria-label="From a file">
      <b>From a file: read only{data === undefined || data.replaced !== null ? ", secrets replaced" : ""}.</b>{" "}
      {data !== undefined && (
        <>
          Run <span class="mono">{data.runId}</span>. {replacedText(data)} Nothing on these pages acts.
        </>
      )}
    </aside>
  );
}

function replacedText({ replaced }: OpenedFile): string {
  if (replaced === null) return "No known secret was in it.";
  const { secrets, events } = replaced;
  return `${secrets.join(", ")} ${secrets.length === 1 ? "was" : "were"} replaced in ${events} event${events === 1 ? "" : "s"}.`;
}

/** In place of a page whose buttons act. */
export function OnlyRead({ id }: { readonly id: string }) {
  return (
    <div class="page">
      <h1 class="vh">From a file</h1>
      <div class="sheet">
        <EmptyNote title="The run of a file can only be read.">
          <p>Decide where the run is at home, in the Studio of its own store.</p>
          <p>
            <a href={pageOfRun(id)}>Go to the run</a>
          </p>
        </EmptyNote>
      </div>
    </div>
  );
}
