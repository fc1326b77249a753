// `planloom mcp login` and `logout`, in a process, against a real authorization server on this machine.
import { expect, test } from "vitest";
import { oauthServer } from "../tools/mcp/oauth-server.js";
import { workspace } from "./planloom.js";

test("a person signs in to a server of the configuration, and out", async () => {
  const remote = await oauthServer();
  const place = workspace();
  const env = { XDG_CONFIG_HOME: place.folder };
  place.write("planloom.config.json", { mcp: { crm: { url: remote.url } } });
  const login = place.begin(["mcp", "login", "crm"], { env });
  let printed = "";
  for await (const piece of login.child.stdout) {
    printed += String(piece);
    if (printed.includes("\n")) break;
  }
  await fetch(printed.trim());
  const { code, stderr } = await login.ended;
  expect([code, stderr]).toEqual([0, expect.stringContaining("You are signed in to crm.") as string]);
  const out = await place.run(["mcp", "logout", "crm"], { env });
  const again = await place.run(["mcp", "logout", "crm"], { env });
  const unknown = await place.run(["mcp", "login", "fs"], { env });
  expect(out.stderr).toContain("The tokens of crm are removed.");
  expect(again.stderr).toContain("There were no tokens of crm.");
  expect([unknown.code, unknown.stderr]).toEqual([4, expect.stringContaining("It has crm.") as string]);
  await remote.close();
});
