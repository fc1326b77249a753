// Sign-in to a remote MCP server, against a real authorization server on this machine.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { connectTo } from "../../../src/tools/mcp/connection.js";
import { credentialsOf, signIn } from "../../../src/tools/mcp/person-sign-in.js";
import { atAddress, MODERN } from "./raw-servers.js";
import { oauthServer, type OAuthServer } from "./oauth-server.js";

let folder: string;
let remote: OAuthServer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mcp-sign-in-"));
  vi.stubEnv("XDG_CONFIG_HOME", folder);
  remote = await oauthServer();
});
afterEach(async () => {
  await remote.close();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const connect = (url = remote.url) => connectTo("crm", { url }, { closed: () => undefined, changed: () => undefined });

/** A person whose browser follows the address. */
const browse = (address: URL): void => void fetch(address);

test("a person signs in once; runs use the tokens, and renew them alone", async () => {
  await expect(connect()).rejects.toMatchObject({ code: "MCP_LOGIN_NEEDED", params: { server: "crm" } });
  // Nothing is registered for a run that nobody watches.
  expect(remote.log).toEqual(["refused"]);

  const file = await signIn("crm", { url: remote.url }, browse);
  expect(statSync(file!).mode & 0o777).toBe(0o600);
  expect(statSync(dirname(file!)).mode & 0o777).toBe(0o700);
  expect(file!.startsWith(folder)).toBe(true);
  expect(remote.log.slice(1)).toEqual(["refused", "register", "authorize", "code"]);

  const client = await connect();
  remote.log.length = 0;
  remote.expire();
  const calls = [1, 2, 3].map((n) => client.callTool({ name: "echo", arguments: { n } }));
  expect((await Promise.all(calls)).map(({ content }) => content)).toHaveLength(3);
  expect(remote.log.filter((one) => one === "refresh")).toEqual(["refresh"]);
  expect(remote.log.filter((one) => one === "call")).toHaveLength(3);

  // What the server echoes of the token is hidden.
  const { tokens } = JSON.parse(readFileSync(file!, "utf8")) as { readonly tokens: { readonly access_token: string } };
  expect(client.filter.text(`you sent ${tokens.access_token}`)).toBe("you sent [secret token_1]");

  remote.revoke();
  await expect(client.callTool({ name: "echo", arguments: {} })).rejects.toMatchObject({ name: "UnauthorizedError" });
  expect(remote.log.at(-1)).toBe("refresh");
  await client.close();
  await expect(connect()).rejects.toMatchObject({ code: "MCP_LOGIN_NEEDED" });
});

test("tokens go to their own server only, and not from a file that others may have written", async () => {
  const file = await signIn("crm", { url: remote.url }, browse);
  const seen: (string | undefined)[] = [];
  const other = await atAddress({
    ...MODERN,
    "server/discover": (asked, response) => {
      seen.push(asked.request.headers.authorization);
      return MODERN["server/discover"]!(asked, response);
    },
  });
  await (await connect(other.url)).close();
  expect(seen).toEqual([undefined]);
  // A file that was copied to the place of another server.
  const { file: elsewhere } = credentialsOf("other", { url: other.url });
  writeFileSync(elsewhere.path, readFileSync(file!), { mode: 0o600 });
  expect(elsewhere.read()).toEqual({});
  await other.close();
  const { file: own } = credentialsOf("crm", { url: remote.url });
  expect(own.read().tokens).toBeDefined();
  expect(own.remove()).toBe(true);
  expect(own.remove()).toBe(false);
  expect(readdirSync(dirname(file!))).toHaveLength(1);
});

test("a sign-in that fails says why, and keeps the tokens that were there", async () => {
  const file = await signIn("crm", { url: remote.url }, browse);
  const before = readFileSync(file!, "utf8");
  const failing = (show: (address: URL) => void, ms?: number) =>
    expect(signIn("crm", { url: remote.url }, show, ms)).rejects;
  const back = (address: URL, sent: { readonly [name: string]: string }) => {
    const url = new URL(address.searchParams.get("redirect_uri")!);
    for (const [name, value] of Object.entries(sent)) url.searchParams.set(name, value);
    return fetch(url);
  };
  const state = (address: URL) => address.searchParams.get("state")!;
  await failing((address) => void back(address, { state: state(address), error: "access_denied" })).toMatchObject({
    code: "MCP_LOGIN_FAILED",
    params: { problem: "refused", reason: "access_denied" },
  });
  // An answer without the secret of this sign-in does not count.
  await failing((address) => void back(address, { state: "guessed", code: "stolen" }), 500).toMatchObject({
    params: { problem: "late" },
  });
  // Nor one of another authorization server.
  await failing(
    (address) => void back(address, { state: state(address), code: "x", iss: "https://evil.example" }),
  ).toMatchObject({
    params: { problem: "refused" },
  });
  expect(readFileSync(file!, "utf8")).toBe(before);
  await expect(signIn("fs", { command: "x" }, browse)).rejects.toMatchObject({ params: { problem: "no-address" } });
  const headers = { authorization: "Bearer x" };
  await expect(signIn("crm", { url: remote.url, headers }, browse)).rejects.toMatchObject({
    params: { problem: "own-credentials" },
  });
});

test("a server that wants no sign-in", async () => {
  const open = await atAddress(MODERN);
  expect(await signIn("open", { url: open.url }, browse)).toBeUndefined();
  await open.close();
});
