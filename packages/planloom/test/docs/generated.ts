// All files that `npm run docs` writes whole. In: the built declarations, the commands, the pages. Out: paths and texts.
import { apiPages } from "./api-page.js";
import { commandsPage } from "./commands-page.js";
import { llmsText } from "./index-page.js";
import { toolPages } from "./tool-pages.js";
import { openApiOf } from "../../src/server/api/open-api.js";
import { DESCRIBED } from "../../src/server/routes/all.js";

export interface GeneratedFile {
  /** From the root. */
  readonly path: string;
  readonly text: string;
}

export function generatedPages(): readonly GeneratedFile[] {
  const reference = [...apiPages(), commandsPage(), ...toolPages()];
  return [
    ...reference.map(({ name, text }) => ({ path: `docs/${name}`, text })),
    { path: "docs/openapi.json", text: `${JSON.stringify(openApiOf(DESCRIBED), null, 2)}\n` },
    { path: "llms.txt", text: llmsText(reference) },
  ];
}
