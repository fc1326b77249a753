// Text of a model, set to be read. In: text with the marks of Markdown. Out: headings, paragraphs, lists, tables, code.
// Nothing in it can be followed or loaded.
import { blocksOf, isFigure, spansOf, type Block } from "./prose-blocks.js";

export function Prose({ text }: { readonly text: string }) {
  return (
    <div class="prose">
      {blocksOf(text).map((block, at) => (
        <BlockOf key={at} block={block} />
      ))}
    </div>
  );
}

function BlockOf({ block }: { readonly block: Block }) {
  switch (block.kind) {
    case "heading":
      return (
        <h3>
          <Spans text={block.text} />
        </h3>
      );
    case "paragraph":
      return (
        <p>
          <Spans text={block.text} />
        </p>
      );
    case "code":
      return <pre class="data">{block.text}</pre>;
    case "list":
      return <Entries {...block} />;
    case "table":
      return <Figures {...block} />;
  }
}

function Entries({ ordered, entries }: Extract<Block, { kind: "list" }>) {
  const List = ordered ? "ol" : "ul";
  return (
    <List class="entries">
      {entries.map((entry, at) => (
        <li key={at}>
          <Spans text={entry} />
        </li>
      ))}
    </List>
  );
}

function Figures({ head, rows }: Extract<Block, { kind: "table" }>) {
  const numeric = head.map((_, at) => rows.length > 0 && rows.every((row) => isFigure(row[at] ?? "")));
  const cells = (row: readonly string[], Cell: "th" | "td") =>
    head.map((_, at) => (
      <Cell key={at} class={numeric[at] ? "num" : undefined} {...(Cell === "th" ? { scope: "col" } : {})}>
        <Spans text={row[at] ?? ""} />
      </Cell>
    ));
  return (
    <div class="scroll-x" tabIndex={0} role="group" aria-label="Table">
      <table class="figures">
        <thead>
          <tr>{cells(head, "th")}</tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>{cells(row, "td")}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Spans({ text }: { readonly text: string }) {
  return (
    <>
      {spansOf(text).map(({ kind, text: part }, at) =>
        kind === "strong" ? <strong key={at}>{part}</strong> : kind === "code" ? <code key={at}>{part}</code> : part,
      )}
    </>
  );
}
