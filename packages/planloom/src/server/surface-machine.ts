// The names of actions that somebody takes on the machine of the server, where no route and no page can. In: an action.
// Out: its text inside a sentence. The surfaces of HTTP and of the Studio share them.
import type { Action } from "../words/action.js";

type Named = "update" | "install" | "set-model" | "trust" | "sign-in" | "set";

export const ON_SERVER: { readonly [Name in Named]: (action: Action & { readonly action: Name }) => string } = {
  update: () => "`npm install planloom@latest` where the server runs",
  install: (action) => `\`npm install ${action.package}\` where the server runs`,
  "set-model": ({ role }) => `\`models.${role ?? "default"}\` in the server's configuration`,
  trust: () => "trusting the server's folder, where it runs",
  "sign-in": ({ server = "NAME" }) => `\`mcp login ${server}\` of the command line, on the server's machine`,
  set: ({ setting }) => `\`${setting}\` in the server's configuration`,
};
