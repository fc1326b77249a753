// The Studio: signed in or not, and the page of the address in its frame.
import { useEffect, useState } from "preact/hooks";
import { useCell } from "../api/cell.js";
import { signIn } from "../api/client.js";
import { useWhenBack } from "../api/connection.js";
import { isOpenedId } from "../api/opened.js";
import { session } from "../api/session.js";
import { EmptyNote, ErrorNote } from "../parts/note.js";
import { Page, useTitle } from "./page.js";
import { go, usePlace } from "./router.js";
import { matchRoute, type Match } from "./routes.js";
import { Shell } from "./shell.js";
import { SignInPage } from "./sign-in-page.js";

export function Studio() {
  const state = useCell(session);
  const [error, setError] = useState<unknown>();
  const { path } = usePlace();
  const enter = () => void signIn().then(() => setError(undefined), setError);
  useEffect(enter, []);
  useWhenBack(() => session.get() === "unknown" && enter());
  useEffect(() => {
    if (path === "/") go(`/runs${location.search}`, { replace: true });
  }, [path]);
  if (state === "missing" || state === "ended") return <SignInPage />;
  if (state === "unknown")
    return (
      <main class="page">{error === undefined ? <p class="faint">Signing in …</p> : <ErrorNote error={error} />}</main>
    );
  const match = matchRoute(path === "/" ? "/runs" : path);
  return <Shell nav={navOf(match)}>{match === undefined ? <NotFound path={path} /> : <Page match={match} />}</Shell>;
}

/** The pages of a file belong to the entry that opens files. */
const navOf = (match: Match | undefined): string | undefined =>
  isOpenedId(match?.params["id"] ?? "") ? "/open" : match?.route.nav;

function NotFound({ path }: { readonly path: string }) {
  useTitle("Not found");
  return (
    <div class="page">
      <h1 class="vh">Not found</h1>
      <div class="sheet">
        <EmptyNote title="There is no page at this address.">
          <p>
            <code>{path}</code> may be mistyped, or it may belong to another version.
          </p>
          <p>
            <a href="/runs">Go to the runs</a>
          </p>
        </EmptyNote>
      </div>
    </div>
  );
}
