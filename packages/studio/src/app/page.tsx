// The page of the address. In: a route. Out: its page, loaded and drawn, with its title, and the focus on its heading
// when a person came by a link. A page that breaks says so and leaves the shell as it is.
import { Component, type ComponentChildren, type ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../parts/button.js";
import { ErrorNote } from "../parts/note.js";
import { isOpenedId } from "../api/opened.js";
import { OnlyRead, OpenedBand } from "./opened-band.js";
import { READ_ONLY, type Match, type PageProps, type Route } from "./routes.js";

/** The title of the browser's tab: `Runs · Planloom`. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Planloom`;
  }, [title]);
}

const loaded = new Map<Route, ComponentType<PageProps>>();

export function Page({ match: { route, params } }: { readonly match: Match }) {
  const [, setShown] = useState(0);
  const [error, setError] = useState<unknown>();
  useTitle(route.title);
  const Found = loaded.get(route);
  useEffect(() => {
    setError(undefined);
    if (loaded.has(route)) return;
    route.load().then(
      (page) => (loaded.set(route, page), setShown((count) => count + 1)),
      (reason: unknown) => setError(reason),
    );
  }, [route]);
  const openedId = isOpenedId(params["id"] ?? "") ? params["id"] : undefined;
  const place = `${route.path} ${Object.values(params).join(" ")}`;
  useHeadingFocus(place, Found !== undefined);
  if (error !== undefined) return <Unloaded />;
  if (Found === undefined) return <p class="page faint">Loading …</p>;
  if (openedId !== undefined && !READ_ONLY.has(route.path)) return <OnlyRead id={openedId} />;
  return (
    <>
      {openedId !== undefined && <OpenedBand id={openedId} />}
      <Guard key={place}>
        <Found params={params} />
      </Guard>
    </>
  );
}

/** The first page of a visit leaves the focus where the browser has it. */
function useHeadingFocus(place: string, isThere: boolean): void {
  const first = useRef(true);
  useEffect(() => {
    if (!isThere) return;
    if (first.current) return void (first.current = false);
    const main = document.getElementById("main");
    const heading = main?.querySelector<HTMLElement>("h1") ?? main;
    heading?.setAttribute("tabindex", "-1");
    heading?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [place, isThere]);
}

/** A new version of the server has other files. */
function Unloaded() {
  return (
    <div class="page">
      <ErrorNote error={new Error("This page could not be loaded. The server may be gone, or it may be a newer one.")}>
        <Button onPress={() => location.reload()}>Load again</Button>
      </ErrorNote>
    </div>
  );
}

class Guard extends Component<{ readonly children: ComponentChildren }, { readonly error?: unknown }> {
  override state: { readonly error?: unknown } = {};

  static override getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render({ children }: { readonly children: ComponentChildren }) {
    const { error } = this.state;
    if (error === undefined) return children;
    return (
      <div class="page">
        <ErrorNote error={error}>
          <Button onPress={() => this.setState({ error: undefined })}>Show the page again</Button>
        </ErrorNote>
      </div>
    );
  }
}
