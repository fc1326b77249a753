// The text of a plan in the editor, with the findings of its check. In: the text and the findings. Out: the text as it is
// typed; errors stand at their lines, and below with what to write instead.
import type { WordedFinding } from "../api/plan-check.js";
import { SmallMark } from "./tag.js";
import { goToLine, TextEditor, type LineMark } from "./text-editor.js";

interface PlanTextProps {
  readonly id: string;
  readonly label: string;
  readonly text: string;
  readonly findings: readonly WordedFinding[];
  readonly onText: (text: string) => void;
}

export function PlanText({ id, label, text, findings, onText }: PlanTextProps) {
  const list = `${id}-findings`;
  return (
    <>
      <TextEditor {...{ id, label, text, onText }} marks={findings.flatMap(markOf)} describedBy={list} />
      <div id={list}>
        {findings.map((finding, index) => (
          <TextFinding key={index} finding={finding} editor={id} />
        ))}
      </div>
    </>
  );
}

const markOf = ({ where: { line }, severity, message }: WordedFinding): readonly LineMark[] =>
  line === undefined ? [] : [{ line, severity: severity === "error" ? "error" : "warning", text: message }];

function TextFinding({ finding, editor }: { readonly finding: WordedFinding; readonly editor: string }) {
  const { line } = finding.where;
  return (
    <div class="finding">
      <SmallMark mark={finding.severity === "error" ? "no" : "note"} />
      <p>
        <b>
          {finding.severity === "error" ? "Error" : "Warning"}
          {line !== undefined && (
            <>
              ,{" "}
              <button type="button" class="link" onClick={() => goToLine(editor, line)}>
                line {line}
              </button>
            </>
          )}
          .
        </b>{" "}
        {finding.message} <span class="soft">{finding.fix}</span>
      </p>
    </div>
  );
}
