// Changes in ink: a word, the old struck, the new bold. In: a change in words. Out: text that a screen reader can tell apart
// without its look.

interface ChangeProps {
  /** Absent: there was nothing. */
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

export function Change({ before, after }: ChangeProps) {
  return (
    <>
      <del>
        <span class="vh">was: </span>
        {before ?? "none"}
        <span class="vh">, </span>
      </del>{" "}
      <ins>
        <span class="vh">is: </span>
        {after ?? "none"}
      </ins>
    </>
  );
}

const MARK_WORDS = { new: "New", changed: "Changed", removed: "Removed" } as const;

/** The word of a changed row. The bar in the margin comes from the class `new`, `changed` or `removed` of the row. */
export function ChangeMark({ mark }: { readonly mark: keyof typeof MARK_WORDS | "same" }) {
  return mark === "same" ? null : <span class="mark">{MARK_WORDS[mark]}</span>;
}
