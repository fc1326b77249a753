// The files of the built Studio. In: a folder, and what the page is told of its server. Out: a handler of GET requests. A
// path that is no file gives the page, so that each address of the Studio can be opened. The page loads nothing from
// elsewhere.
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Handler } from "hono";
import { assertPlace } from "./access/place.js";

const TYPES: { readonly [extension: string]: string } = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

const SECURITY = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
};

export interface StudioSite {
  readonly folder: string;
  /** A scripted model: what it knows, for people who have no model yet. */
  readonly demo?: {
    readonly says: string;
    readonly goals: readonly { readonly goal: string; readonly shows: string }[];
  };
}

/** `names`: those of the server. A page under another name is refused. */
export function studioFiles({ folder, demo }: StudioSite, names?: readonly string[]): Handler {
  return async (context) => {
    assertPlace(context.req.raw, names);
    const { pathname } = new URL(context.req.url);
    if (pathname === "/studio.json") return context.json({ demo: demo ?? null });
    const asked = path.join(folder, path.normalize(pathname));
    const isAsset = asked.startsWith(path.join(folder, "assets") + path.sep);
    const file = isAsset ? asked : path.join(folder, "index.html");
    try {
      const body = await readFile(file);
      const type = TYPES[path.extname(file)] ?? "application/octet-stream";
      const cache = isAsset ? "public, max-age=31536000, immutable" : "no-cache";
      return new Response(body, { headers: { "content-type": type, "cache-control": cache, ...SECURITY } });
    } catch {
      return context.notFound();
    }
  };
}
