// Tabs. In: names, and which one is chosen. Out: a list of tabs that is one stop of the Tab key, with arrow keys inside,
// and the panel of the chosen one.
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";

interface TabsProps<T extends string> {
  /** Heard by screen readers. */
  readonly label: string;
  /** Starts the ids of the tabs. One name a page. */
  readonly name: string;
  readonly tabs: readonly { readonly id: T; readonly word: string; readonly count?: number | undefined }[];
  readonly current: T;
  readonly onPick: (tab: T) => void;
  /** The panel. */
  readonly children: ComponentChildren;
}

export function Tabs<T extends string>({ label, name, tabs, current, onPick, children }: TabsProps<T>) {
  const list = useRef<HTMLDivElement>(null);
  const keyed = (event: KeyboardEvent) => {
    const next = tabAfter(
      event.key,
      tabs.findIndex(({ id }) => id === current),
      tabs.length,
    );
    const tab = tabs[next];
    if (tab === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    onPick(tab.id);
    list.current?.querySelectorAll<HTMLElement>("[role=tab]")[next]?.focus();
  };
  return (
    <>
      <div class="tabs" role="tablist" aria-label={label} ref={list} onKeyDown={keyed}>
        {tabs.map(({ id, word, count }) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`${name}-${id}`}
            aria-selected={id === current}
            aria-controls={id === current ? `${name}-panel` : undefined}
            tabIndex={id === current ? 0 : -1}
            onClick={() => onPick(id)}
          >
            {word} {count !== undefined && <span class="n">{count}</span>}
          </button>
        ))}
      </div>
      <div class="panel" role="tabpanel" id={`${name}-panel`} aria-labelledby={`${name}-${current}`} tabIndex={0}>
        {children}
      </div>
    </>
  );
}

/** The place of the tab that a key leads to; -1 for other keys. */
function tabAfter(key: string, at: number, count: number): number {
  if (key === "ArrowRight") return (at + 1) % count;
  if (key === "ArrowLeft") return (at + count - 1) % count;
  return key === "Home" ? 0 : key === "End" ? count - 1 : -1;
}
