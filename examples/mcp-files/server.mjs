// @ts-check
// How the filesystem server of MCP is started over a folder. In: the folder. Out: the server, as the setting `mcp` takes
// it. Separate because the configuration, run.mjs and the tests use it.
import { createRequire } from "node:module";
import path from "node:path";

const file = path.join(
  path.dirname(createRequire(import.meta.url).resolve("@modelcontextprotocol/server-filesystem/package.json")),
  "dist/index.js",
);

/** @param {string} folder */
export const filesServer = (folder) =>
  /** @type {const} */ ({
    command: process.execPath,
    args: [file, folder],
    cwd: folder,
    // What the server says of its tools counts: a tool that only reads may be called again.
    trusted: true,
    include: ["read_text_file", "list_directory", "search_files", "edit_file", "write_file"],
    // A call with dryRun changes nothing, and gives the diff.
    tools: { edit_file: { approval: "required", preview: { dryRun: true } } },
  });
