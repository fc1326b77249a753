// Opens an exported run. In: a file that a person chooses or drops. Out: the page of its run, which can only be read; or
// what is wrong with the file.
import { useState } from "preact/hooks";
import { openFile } from "../../api/opened.js";
import { pageOfRun } from "../../api/people.js";
import { go } from "../../app/router.js";
import { FileButton, useDrop } from "../../parts/file-choice.js";
import { ErrorNote } from "../../parts/note.js";
import "./open.css";

export function OpenPage() {
  const [name, setName] = useState<string>();
  const [error, setError] = useState<unknown>();
  const [isWorking, setWorking] = useState(false);
  const take = async (file: File | undefined) => {
    if (file === undefined || isWorking) return;
    setName(file.name);
    setError(undefined);
    setWorking(true);
    await openFile(file).then(({ id }) => go(pageOfRun(id)), setError);
    setWorking(false);
  };
  const isOver = useDrop((file) => void take(file));
  return (
    <div class="page open-page">
      <h1>Open a file</h1>
      <p class="lead">
        See a run that was exported to one file, with all its steps, its plan and its evidence. It can only be read.
      </p>
      <div class={`drop-zone${isOver ? " over" : ""}`}>
        <p>{isOver ? "Drop the file to open it." : "Drop the exported run here, or"}</p>
        <FileButton
          label="Exported run"
          accept=".json"
          kind="primary"
          working="Opening …"
          isWorking={isWorking}
          onFile={(file) => void take(file)}
        >
          Choose a file …
        </FileButton>
      </div>
      {error !== undefined && (
        <ErrorNote error={error}>
          {name !== undefined && (
            <p class="soft">
              It was <span class="mono">{name}</span>. Nothing of it was kept.
            </p>
          )}
        </ErrorNote>
      )}
      <Facts />
    </div>
  );
}

function Facts() {
  return (
    <dl class="open-facts">
      <dt>Where such a file comes from</dt>
      <dd>
        From <b>Export</b> on the page of a run, or from <code>planloom export last -o run.json</code>.
      </dd>
      <dt>What is in it</dt>
      <dd>All events, conversations and values of one run. Known secrets were replaced when it was exported.</dd>
      <dt>Where it goes</dt>
      <dd>Into the memory of this server, for some hours. It is stored nowhere, and it is not in the list of runs.</dd>
    </dl>
  );
}
