// The tools that plans may use: effects, arguments, schemas. In: the server's list. Out: one section a tool; the search
// and the open tool stand in the address.
import { useEffect } from "preact/hooks";
import { moveFocus, useKeys } from "../../app/keys.js";
import { useTitle } from "../../app/page.js";
import { go, usePlace } from "../../app/router.js";
import { useGet } from "../../api/use-get.js";
import { Button } from "../../parts/button.js";
import { FindField } from "../../parts/find-field.js";
import { EmptyNote, ErrorNote } from "../../parts/note.js";
import { EffectTag, OriginTags, Tag } from "../../parts/tag.js";
import { Value } from "../../parts/value.js";
import "../../style/tools.css";
import "../../style/value.css";
import {
  argumentsOf,
  effectOf,
  hasText,
  outputText,
  sentencesOf,
  type ArgumentRow,
  type ListedTool,
} from "./tool-facts.js";

interface ToolList {
  readonly tools: readonly ListedTool[];
  /** What the planner is told about tools that are missing. */
  readonly notes: readonly string[];
}

const addressOf = (text: string, open: string): string => {
  const query = new URLSearchParams({ ...(text === "" ? {} : { text }), ...(open === "" ? {} : { tool: open }) });
  return query.size === 0 ? "/tools" : `/tools?${query}`;
};

export function ToolsPage() {
  const { query } = usePlace();
  const [text, open] = [query.get("text") ?? "", query.get("tool") ?? ""];
  const { data, error, reload } = useGet<ToolList>("/v1/tools");
  useTitle("Tools");
  useKeys("Tools", [
    { keys: "/", does: "find a tool", run: () => document.getElementById("find-tool")?.focus() },
    { keys: "j", does: "next tool", run: () => moveFocus("[data-row]", 1) },
    { keys: "k", does: "previous tool", run: () => moveFocus("[data-row]", -1) },
    { keys: "Escape", does: "leave the search", run: () => (document.activeElement as HTMLElement | null)?.blur() },
  ]);
  const shown = data?.tools.filter((tool) => hasText(tool, text));
  return (
    <div class="page">
      <div class="page-head">
        <h1>Tools</h1>
        <FindField
          id="find-tool"
          label="Find in names and descriptions"
          text={text}
          onText={(next) => go(addressOf(next, open), { replace: true })}
        />
      </div>
      {error !== undefined && (
        <ErrorNote error={error}>
          <Button onPress={reload}>Try again</Button>
        </ErrorNote>
      )}
      {data?.notes.map((note) => (
        <p key={note} class="note tool-note">
          {note}
        </p>
      ))}
      <div class="sheet">
        {shown === undefined && error === undefined && <p class="empty faint">Loading …</p>}
        {shown?.length === 0 && <NoTool text={text} />}
        {shown?.map((tool) => (
          <ToolSection key={tool.name} tool={tool} text={text} isOpen={tool.name === open} />
        ))}
      </div>
    </div>
  );
}

function NoTool({ text }: { readonly text: string }) {
  if (text === "")
    return (
      <EmptyNote title="This server has no tools.">
        <p>Plans can then use agents without tools, and ask people. Tools stand in the configuration of the server.</p>
      </EmptyNote>
    );
  return (
    <EmptyNote title={`There is no tool with “${text}”.`}>
      <p>
        <a href="/tools">Show all tools</a>
      </p>
    </EmptyNote>
  );
}

interface ToolSectionProps {
  readonly tool: ListedTool;
  readonly text: string;
  readonly isOpen: boolean;
}

function ToolSection({ tool, text, isOpen }: ToolSectionProps) {
  const rows = argumentsOf(tool);
  const isPlain = tool.labels === "pass";
  useEffect(() => {
    if (isOpen) document.getElementById(`tool-${tool.name}`)?.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <section class="tool" id={`tool-${tool.name}`} aria-label={tool.name}>
      <h2>
        <a href={addressOf(text, isOpen ? "" : tool.name)} data-row aria-expanded={isOpen} role="button">
          <code>{tool.name}</code>
        </a>
      </h2>
      <p class="tags">
        <EffectTag effect={effectOf(tool)} />
        {tool.approval === "required" && <Tag mark="note">asks each time</Tag>}
        {tool.egress === true && <Tag>leaves this machine</Tag>}
        {!isPlain && <OutputTags tool={tool} />}
      </p>
      <p class="about">{tool.description}</p>
      {isOpen && <Details tool={tool} rows={rows} />}
    </section>
  );
}

/** Labels of what it returns, if others may have written it or it must not leave. */
function OutputTags({ tool }: { readonly tool: ListedTool }) {
  const [trusted, isPrivate] = [tool.trusted === true, tool.public !== true];
  if (trusted && !isPrivate) return null;
  return (
    <>
      <span class="faint xs">output</span>
      <OriginTags trusted={trusted} private={isPrivate} />
    </>
  );
}

function Details({ tool, rows }: { readonly tool: ListedTool; readonly rows: readonly ArgumentRow[] }) {
  return (
    <div class="details">
      {sentencesOf(tool).map((sentence) => (
        <p key={sentence} class="soft">
          {sentence}
        </p>
      ))}
      <h3>Arguments</h3>
      {rows.length === 0 ? <p class="soft">None.</p> : <Arguments rows={rows} />}
      <h3>Output</h3>
      <p class="mono">{tool.output === undefined ? "not known" : outputText(tool.output)}</p>
      <details>
        <summary>JSON Schema of the arguments</summary>
        <Value value={tool.input} />
      </details>
      {tool.output !== undefined && (
        <details>
          <summary>JSON Schema of the output</summary>
          <Value value={tool.output} />
        </details>
      )}
    </div>
  );
}

function Arguments({ rows }: { readonly rows: readonly ArgumentRow[] }) {
  return (
    <table class="kv">
      <tbody>
        {rows.map(({ name, type, about, isNeeded, isControl }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              <span class="mono">{type}</span>
              {isNeeded ? "" : ", may be absent"}
              {isControl && <span class="soft"> · chooses what the call does</span>}
              {about !== "" && <span class="arg-about">{about}</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
