// Text that a person has begun to write. In: a name, and the text as it was. Out: the text so far, kept while the browser's
// tab is open, also over a reload; and Undo.
import { useEffect, useState } from "preact/hooks";

export interface Draft {
  readonly text: string;
  readonly isEdited: boolean;
  readonly set: (text: string) => void;
  /** Back to the text as it was. */
  readonly undo: () => void;
}

/** `name`: of the approval and the field. */
export function useDraft(name: string, first: string): Draft {
  const key = `planloom-draft/${name}`;
  const [text, setText] = useState(() => kept(key) ?? first);
  useEffect(() => setText(kept(key) ?? first), [key]);
  const set = (next: string) => {
    setText(next);
    keep(key, next === first ? undefined : next);
  };
  return { text, isEdited: text !== first, set, undo: () => set(first) };
}

/** The fields of a form under one name. */
export interface Drafts {
  readonly texts: { readonly [field: string]: string };
  readonly set: (field: string, text: string) => void;
  readonly undo: (field: string) => void;
}

export function useDrafts(name: string, first: { readonly [field: string]: string }): Drafts {
  const draft = useDraft(name, "{}");
  const own = readTexts(draft.text);
  const put = (texts: { readonly [field: string]: string }) => draft.set(JSON.stringify(texts));
  const without = (field: string) => Object.fromEntries(Object.entries(own).filter(([one]) => one !== field));
  return {
    texts: { ...first, ...own },
    set: (field, text) => put(text === (first[field] ?? "") ? without(field) : { ...own, [field]: text }),
    undo: (field) => put(without(field)),
  };
}

function readTexts(text: string): { readonly [field: string]: string } {
  try {
    return JSON.parse(text) as { readonly [field: string]: string };
  } catch {
    return {};
  }
}

// The browser may forbid storage. Then a draft lives as long as its page.
function kept(key: string): string | undefined {
  try {
    return sessionStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

function keep(key: string, text: string | undefined): void {
  try {
    if (text === undefined) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, text);
  } catch {
    // See above.
  }
}

/** Forgets all drafts whose name begins so: the decision was made. */
export function forgetDrafts(name: string): void {
  try {
    for (const key of Object.keys(sessionStorage))
      if (key.startsWith(`planloom-draft/${name}`)) sessionStorage.removeItem(key);
  } catch {
    // See above.
  }
}
