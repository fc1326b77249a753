// A text with line numbers, in which lines can be marked. In: the text and the marks. Out: a plain text area with a gutter;
// Tab leaves it, as everywhere on the page.
import { useRef } from "preact/hooks";
import "../style/editor.css";

export interface LineMark {
  /** From 1. */
  readonly line: number;
  readonly severity: "error" | "warning";
  readonly text: string;
}

interface TextEditorProps {
  readonly id: string;
  readonly label: string;
  readonly text: string;
  readonly marks: readonly LineMark[];
  readonly describedBy?: string;
  readonly onText: (text: string) => void;
}

export function TextEditor({ id, label, text, marks, describedBy, onText }: TextEditorProps) {
  const gutter = useRef<HTMLDivElement>(null);
  const lines = text.split("\n").length;
  const byLine = new Map(marks.map((mark) => [mark.line, mark]));
  const hasErrors = marks.some(({ severity }) => severity === "error");
  return (
    <div class="editor">
      <label class="lab" for={id}>
        {label}
      </label>
      <div class="editor-box">
        <div class="gutter" ref={gutter} aria-hidden="true">
          {Array.from({ length: lines }, (_, at) => {
            const mark = byLine.get(at + 1);
            return (
              <span key={at} class={mark === undefined ? "" : `marked ${mark.severity}`} title={mark?.text}>
                {mark === undefined ? "" : mark.severity === "error" ? "✕" : "!"}
                {at + 1}
              </span>
            );
          })}
        </div>
        <textarea
          id={id}
          class="field mono"
          rows={Math.min(40, lines + 1)}
          wrap="off"
          spellcheck={false}
          autocapitalize="off"
          aria-invalid={hasErrors ? true : undefined}
          aria-describedby={describedBy}
          value={text}
          onInput={(event) => onText(event.currentTarget.value)}
          onScroll={(event) => {
            if (gutter.current !== null) gutter.current.scrollTop = event.currentTarget.scrollTop;
          }}
        />
      </div>
    </div>
  );
}

/** Selects a line, or its first characters, and brings it into view. */
export function goToLine(id: string, line: number, chars = Infinity): void {
  const area = document.getElementById(id);
  if (!(area instanceof HTMLTextAreaElement)) return;
  const lines = area.value.split("\n");
  const before = lines.slice(0, line - 1).join("\n");
  const start = line === 1 ? 0 : before.length + 1;
  area.setSelectionRange(start, start + Math.min(chars, lines[line - 1]?.length ?? 0));
  area.focus();
  const height = area.scrollHeight / Math.max(1, lines.length);
  area.scrollTop = Math.max(0, (line - 4) * height);
}
