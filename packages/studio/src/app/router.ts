// The address as state. In: the browser's history. Out: the path with its query, and a function that goes to another one.
// Each view of the Studio has an address, so Back always works.
import { useEffect, useState } from "preact/hooks";

export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

const here = (): Place => ({ path: location.pathname, query: new URLSearchParams(location.search) });

const MOVED = "planloom-moved";

/** `replace`: for changes of a view that Back should not stop at. */
export function go(address: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  dispatchEvent(new Event(MOVED));
}

export function usePlace(): Place {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const moved = () => setPlace(here());
    addEventListener(MOVED, moved);
    addEventListener("popstate", moved);
    return () => (removeEventListener(MOVED, moved), removeEventListener("popstate", moved));
  }, []);
  return place;
}

/** Follows links inside the Studio without loading the page again. For the click handler of the whole page. */
export function followLink(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (link === null || !isPlain || link.target !== "" || link.hasAttribute("download")) return;
  if (link.origin !== location.origin || link.pathname.startsWith("/v1/")) return;
  // A link to a part of this page is the browser's.
  if (link.hash !== "") return;
  event.preventDefault();
  go(link.pathname + link.search);
}
