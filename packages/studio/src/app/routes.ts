// The addresses of the Studio. In: a path. Out: the page of it, loaded when it is needed. A page is one line here.
import type { ComponentType } from "preact";

/** What each page gets. It reads the query by itself: see usePlace. */
export interface PageProps {
  /** The named parts of the path: `/runs/:id` gives `id`. */
  readonly params: { readonly [name: string]: string };
}

export interface Route {
  readonly path: string;
  /** The title of the browser's tab until the page sets its own: see useTitle. */
  readonly title: string;
  /** Which entry of the top bar it belongs to. */
  readonly nav?: string;
  readonly load: () => Promise<ComponentType<PageProps>>;
}

/** Routes of a run that only read, and so show the run of a file. */
export const READ_ONLY: ReadonlySet<string> = new Set(["/runs/:id", "/runs/:id/diff", "/runs/:id/evidence"]);

const ROUTES: readonly Route[] = [
  {
    path: "/runs",
    title: "Runs",
    nav: "/runs",
    load: async () => (await import("../pages/runs/runs-page.js")).RunsPage,
  },
  {
    path: "/runs/:id",
    title: "Run",
    nav: "/runs",
    load: async () => (await import("../pages/run/run-page.js")).RunPage,
  },
  {
    path: "/waiting",
    title: "Waiting",
    nav: "/waiting",
    load: async () => (await import("../pages/waiting/waiting-page.js")).WaitingPage,
  },
  {
    path: "/runs/:id/again",
    title: "Again from here",
    nav: "/runs",
    load: async () => (await import("../pages/again/again-page.js")).AgainPage,
  },
  {
    path: "/runs/:id/diff",
    title: "What changed",
    nav: "/runs",
    load: async () => (await import("../pages/diff/diff-page.js")).DiffPage,
  },
  {
    path: "/runs/:id/review/:hash",
    title: "Review",
    nav: "/waiting",
    load: async () => (await import("../pages/review/review-page.js")).ReviewPage,
  },
  {
    path: "/runs/:id/evidence",
    title: "Evidence card",
    nav: "/runs",
    load: async () => (await import("../pages/evidence/evidence-page.js")).EvidencePage,
  },
  {
    path: "/tools",
    title: "Tools",
    nav: "/tools",
    load: async () => (await import("../pages/tools/tools-page.js")).ToolsPage,
  },
  {
    path: "/playbooks",
    title: "Playbooks",
    nav: "/playbooks",
    load: async () => (await import("../pages/playbooks/playbooks-page.js")).PlaybooksPage,
  },
  {
    path: "/open",
    title: "Open a file",
    nav: "/open",
    load: async () => (await import("../pages/open/open-page.js")).OpenPage,
  },
];

export interface Match {
  readonly route: Route;
  readonly params: PageProps["params"];
}

export function matchRoute(path: string, routes: readonly Route[] = ROUTES): Match | undefined {
  const parts = path.replace(/\/+$/u, "").split("/");
  for (const route of routes) {
    const wanted = route.path.split("/");
    if (wanted.length !== parts.length) continue;
    const fits = wanted.every((part, at) => part === parts[at] || (part.startsWith(":") && parts[at] !== ""));
    if (!fits) continue;
    const named = wanted.flatMap((part, at) => (part.startsWith(":") ? [[part.slice(1), decoded(parts[at]!)]] : []));
    return { route, params: Object.fromEntries(named) as PageProps["params"] };
  }
  return undefined;
}

/** A part that is no valid encoding stands for itself. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
