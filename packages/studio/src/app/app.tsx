// The Studio: the top bar, and the page of the address.
import { useEffect, useState } from "preact/hooks";
import { signIn } from "../api/sign-in.js";
import { RunPage } from "../pages/run/run-page.js";
import { RunsPage } from "../pages/runs/runs-page.js";
import { followLink, usePlace } from "./router.js";

export function App() {
  const [signedIn, setSignedIn] = useState(false);
  const [fault, setFault] = useState<string>();
  const { path } = usePlace();
  useEffect(() => {
    signIn().then(
      () => setSignedIn(true),
      (error: Error) => setFault(error.message),
    );
  }, []);
  useEffect(() => {
    document.addEventListener("click", followLink);
    return () => document.removeEventListener("click", followLink);
  }, []);
  if (fault !== undefined) return <p role="alert">{fault}</p>;
  if (!signedIn) return <p>Signing in …</p>;
  const [, page, runId] = path.split("/");
  return (
    <>
      <header class="top">
        <a class="brand" href="/runs">
          Planloom
        </a>
      </header>
      <main id="main">
        {page === "runs" && runId !== undefined ? <RunPage runId={decodeURIComponent(runId)} /> : <RunsPage />}
      </main>
    </>
  );
}
