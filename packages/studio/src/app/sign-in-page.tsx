// The page for somebody who is not signed in. In: a pasted link or token. Out: a session.
import { useState } from "preact/hooks";
import { signIn } from "../api/client.js";
import { session, tokenIn } from "../api/session.js";
import { Button } from "../parts/button.js";
import { Field } from "../parts/field.js";
import { ErrorNote } from "../parts/note.js";
import { Brand } from "./brand.js";
import { useTitle } from "./page.js";

export function SignInPage() {
  const [given, setGiven] = useState("");
  const [error, setError] = useState<unknown>();
  const [isWorking, setWorking] = useState(false);
  useTitle("Sign in");
  const ended = session.get() === "ended";
  const send = async () => {
    if (given.trim() === "") return setError(new Error("Paste the link first."));
    setWorking(true);
    setError(undefined);
    await signIn(tokenIn(given)).catch(setError);
    setWorking(false);
  };
  return (
    <main class="page sign-in" id="main">
      <p class="brand">
        <Brand />
        Planloom
      </p>
      <h1>{ended ? "Your session has ended" : "Sign in"}</h1>
      <p class="soft">
        {ended
          ? "The server was started again, or you signed out. It printed a new link."
          : "The server printed a link when it started. It signs this browser in."}{" "}
        Open that link, or paste it here.
      </p>
      <form onSubmit={(event) => (event.preventDefault(), void send())}>
        <Field label="Link or token" hint={`It looks like ${location.origin}/#token=…`}>
          {(ids) => (
            <input
              {...ids}
              class="field mono"
              type="password"
              autocomplete="current-password"
              value={given}
              onInput={(event) => setGiven(event.currentTarget.value)}
            />
          )}
        </Field>
        <Button kind="primary" submit working="Signing in …" isWorking={isWorking}>
          Sign in
        </Button>
      </form>
      {error !== undefined && <ErrorNote error={error} />}
    </main>
  );
}
