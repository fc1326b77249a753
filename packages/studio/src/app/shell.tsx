// The frame of every page: the top bar, the state of the connection, the live regions, the keys that work everywhere.
// In: the page. Out: the page in its frame.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useCell } from "../api/cell.js";
import { signOut } from "../api/client.js";
import { lostSince } from "../api/connection.js";
import { caller } from "../api/session.js";
import { Button } from "../parts/button.js";
import { clockText } from "../parts/time-text.js";
import { LiveRegions } from "./announce.js";
import { Brand } from "./brand.js";
import { KeyMap } from "./key-map.js";
import { pressKey, useKeys } from "./keys.js";
import { followLink, go } from "./router.js";
import { matchRoute } from "./routes.js";
import { ThemeButton } from "./theme.js";
import { useWaitingCount } from "./waiting-count.js";

const ENTRIES = [
  { path: "/runs", word: "Runs" },
  { path: "/waiting", word: "Waiting" },
  { path: "/playbooks", word: "Playbooks" },
  { path: "/tools", word: "Tools" },
  { path: "/open", word: "Open a file" },
] as const;

/** Entries whose page exists. */
const NAV = ENTRIES.filter(({ path }) => matchRoute(path) !== undefined);

export function Shell({ nav, children }: { readonly nav: string | undefined; readonly children: ComponentChildren }) {
  const [isMapOpen, setMapOpen] = useState(false);
  useEffect(() => {
    document.addEventListener("click", followLink);
    document.addEventListener("keydown", pressKey);
    return () => {
      document.removeEventListener("click", followLink);
      document.removeEventListener("keydown", pressKey);
    };
  }, []);
  useKeys("Everywhere", [
    { keys: "?", does: "this list", run: () => setMapOpen(true) },
    { keys: "g r", does: "runs", run: () => go("/runs") },
    ...(matchRoute("/waiting") ? [{ keys: "g w", does: "what waits for you", run: () => go("/waiting") }] : []),
  ]);
  return (
    <>
      <a class="skip" href="#main">
        Go to the content
      </a>
      <TopBar nav={nav} onKeys={() => setMapOpen(true)} />
      <ConnectionBand />
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <LiveRegions />
      {isMapOpen && <KeyMap onClose={() => setMapOpen(false)} />}
    </>
  );
}

function TopBar({ nav, onKeys }: { readonly nav: string | undefined; readonly onKeys: () => void }) {
  const waiting = useWaitingCount();
  return (
    <header class="top">
      <a class="brand" href="/runs" aria-label="Planloom, runs">
        <Brand />
        <span>Planloom</span>
      </a>
      <nav aria-label="Main">
        {NAV.map(({ path, word }) => (
          <a key={path} href={path} aria-current={nav === path ? "page" : undefined}>
            {word}
            {path === "/waiting" && waiting !== "" && <span class="count">{waiting}</span>}
          </a>
        ))}
      </nav>
      <div class="aside">
        <Who />
        <ThemeButton />
        <button type="button" class="btn quiet small" aria-label="Keyboard map" onClick={onKeys}>
          <kbd>?</kbd>
        </button>
      </div>
    </header>
  );
}

const RIGHT = { read: "may read", approve: "may read and answer", all: "" } as const;

/** Who is signed in, and the way out. */
function Who() {
  const who = useCell(caller);
  if (who === undefined) return null;
  const right = RIGHT[who.right];
  return (
    <span class="who">
      <span class="cut" title="The name of your token: the author of your decisions">
        {who.name}
        {right === "" ? "" : `, ${right}`}
      </span>
      <Button kind="quiet" small onPress={() => signOut().catch(() => undefined)}>
        Sign out
      </Button>
    </span>
  );
}

function ConnectionBand() {
  const since = useCell(lostSince);
  return (
    <div role="status">
      {since !== undefined && <p class="band is-waiting">Not connected since {clockText(since)}, retrying</p>}
    </div>
  );
}
