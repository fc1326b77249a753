// MCP servers on the command line: `.mcp.json`, the flag --mcp, and the commands that show servers.
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { carry, commandLine } from "../../src/cli/carried.js";
import { mcpFileIn } from "../../src/cli/mcp-file.js";
import { serversIn, shellWords } from "../../src/cli/mcp-flag.js";
import { newFolder, put } from "../files/places.js";
import { ownServer } from "../tools/mcp/servers.js";
import { workspace } from "./planloom.js";

const { command, args = [] } = ownServer("new");
const PLAN = { steps: [{ id: "say", tool: "own.echo", with: { text: "hey" } }], answer: { value: "${{ say }}" } };

test("servers of .mcp.json are started in a trusted folder only, and those that a plan names", async () => {
  const here = workspace({ HOME: newFolder(), NO_COLOR: "1", TOKEN: "a-secret-value" });
  const folder = realpathSync(here.folder);
  const env = { RECORD: join(folder, "record"), API_TOKEN: "${TOKEN}" };
  const servers = {
    own: { command, args, env, alwaysAllow: ["put"] },
    old: { type: "sse", url: "https://mcp.example.com/sse" },
    lost: { command: "npx", args: ["${NO_SUCH_VARIABLE}"] },
    "1 gone": { command: "no-such-program" },
    off: { command: "npx", disabled: true },
  };
  here.write(".mcp.json", { mcpServers: servers });
  here.write("plan.json", PLAN);
  const strange = await here.run(["run", "plan.json", "--yes"], { env: { PLANLOOM_TRUST: "" } });
  expect([strange.code, existsSync(env.RECORD)]).toEqual([3, false]);
  expect(strange.stderr).toContain(`You have not trusted the folder of ${join(folder, ".mcp.json")}`);
  expect(strange.stderr).toContain(`planloom trust ${folder}`);

  const trusted = await here.run(["run", "plan.json", "--yes"]);
  expect(trusted).toMatchObject({ code: 0, stdout: "hey\n" });
  expect(readFileSync(env.RECORD, "utf8")).toBe("started\n");
  expect(trusted.stderr).toContain('The server "old" of');
  expect(trusted.stderr).toContain("the variable NO_SUCH_VARIABLE is not set");

  const shown = await here.json<{ readonly servers: readonly { readonly name: string }[] }>(["tools", "--json"]);
  expect(shown).toMatchObject({
    exit: 4,
    servers: [{ name: "own" }, { name: "gone", error: { code: "MCP_UNAVAILABLE" } }],
  });
  const doctor = await here.run(["doctor", "--offline"]);
  expect(doctor.stdout).toMatch(/^ok +mcp\.own +\d+ tools: own\.echo/m);
  expect(doctor.stdout).toMatch(/^wrong +mcp\.gone +MCP_UNAVAILABLE/m);
  expect(JSON.stringify([shown, doctor, trusted])).not.toContain("a-secret-value");
});

test("--mcp adds a server of one command, also where no folder is trusted", async () => {
  const here = workspace({ HOME: newFolder(), PLANLOOM_TRUST: "" });
  here.write("plan.json", PLAN);
  const flag = ["--mcp", `own=${[command, ...args].map((word) => `'${word}'`).join(" ")}`];
  expect(await here.run(["check", "plan.json", ...flag])).toMatchObject({ code: 0 });
  expect(await here.run(["run", "plan.json", "--yes", "-q", ...flag])).toMatchObject({ code: 0, stdout: "hey\n" });
});

test("a printed command names the servers of --mcp again", () => {
  carry({ mcp: ["own=node server.js", "crm=https://crm.example/mcp"] }, {});
  expect(commandLine(["approve", "RUN", "--hash", "H"])).toBe(
    "npx planloom approve RUN --mcp 'own=node server.js' --mcp crm=https://crm.example/mcp --hash H",
  );
  carry({}, {});
});

test("a name that no tool has is answered by what was meant", async () => {
  const here = workspace({ HOME: newFolder(), PLANLOOM_TRUST: "" });
  const flag = ["--mcp", `own=${[command, ...args].map((word) => `'${word}'`).join(" ")}`];
  for (const [words, text] of [
    [["tools", "echo", ...flag], "Did you mean own.echo?"],
    [["tools", "own", ...flag], "own is an MCP server.\n  next: Its tools are: own.echo"],
    [
      ["tools", "read_file"],
      "The tool read_file is built in, but it is not set up here.\n  next: Set it up: give --files",
    ],
    [["tools", "x", "--mcp", "gone=no-such-program"], "These MCP servers cannot be used: gone."],
    [["tools", "--mcp", "my own=x"], '"my own" cannot be the name of a server.'],
    [["tool"], "Did you mean `planloom tools`?"],
    [["undo", "RUN"], "Did you mean `planloom compensate`?"],
  ] as const) {
    const said = await here.run([...words]);
    expect(said.stderr, words.join(" ")).toContain(text);
    expect(said.code).toBe(2);
  }
});

test("a command is split into words as a shell does it, and nothing in it is run", () => {
  expect(shellWords(`npx -y  "a b" c'd e'f \\"g ""`)).toEqual(["npx", "-y", "a b", "cd ef", '"g', ""]);
  expect(shellWords('a "\\$HOME \\x" `b` $(c); d | e')).toEqual(["a", "$HOME \\x", "`b`", "$(c);", "d", "|", "e"]);
  for (const text of ['a "b', "a 'b", "a\\"]) expect(shellWords(text)).toBeUndefined();
  expect(serversIn(["a=x y", "b=https://b.example/mcp"])).toMatchObject({
    a: { command: "x", args: ["y"] },
    b: { url: "https://b.example/mcp" },
  });
  for (const flag of ["npx", "=x", "1a=x", "a=", "a= ", 'a="'])
    expect(() => serversIn([flag]), flag).toThrow(expect.objectContaining({ code: "USAGE" }));
});

test("a file .mcp.json with a fault is an error that names it", async () => {
  const folder = newFolder();
  const found = (text: string) => {
    put(join(folder, ".mcp.json"), text);
    return mcpFileIn(folder, true, { KEY: "k", EMPTY: "" });
  };
  for (const text of ["{", "[]", '{ "mcpServers": [] }'])
    await expect(found(text), text).rejects.toMatchObject({ code: "CONFIG_FAILED" });
  const wrong =
    '{ "mcpServers": {\n "a": { "command": "x", "args": "y" },\n "b": { "command": "x", "env": { "A": 1 } } } }';
  await expect(found(wrong)).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    params: { setting: "mcpServers.a.args", line: 2, more: [{ setting: "mcpServers.b.env.A" }] },
  });
  await expect(found('{ "mcpServers": { "a": { "comand": "x" } } }')).rejects.toMatchObject({
    params: { setting: "mcpServers.a", given: "a record without command and url" },
  });
  expect((await found('{ "servers": { "a": { "command": "x" } } }')).notes).toMatchObject([
    { note: "mcp-file-without-servers", keys: ["servers"] },
  ]);
  const filled =
    '{ "mcpServers": { "a": { "url": "https://${HOST:-a.example}/${EMPTY}", "headers": { "X": "${KEY}" } } } }';
  expect((await found(filled)).servers).toEqual({ a: { url: "https://a.example/", headers: { X: "k" } } });
  const alike = await found(
    '{ "mcpServers": { "a b": { "command": "x" }, "a-b": { "command": "y" }, "a.b": { "command": "z" } } }',
  );
  expect(Object.entries(alike.servers).map(([name, server]) => [name, "command" in server && server.command])).toEqual([
    ["a-b-2", "x"],
    ["a-b", "y"],
    ["a-b-3", "z"],
  ]);
  // Planloom stands in the file for other clients. It is no tool of itself.
  const own = [
    { command: "npx", args: ["planloom", "mcp"] },
    { command: "npx", args: ["-y", "planloom@1.2.0", "mcp", "--config", "x"] },
    { command: "node", args: ["/a/node_modules/planloom/bin/planloom.js", "mcp"] },
  ];
  expect((await found(JSON.stringify({ mcpServers: { ...own } }))).servers).toEqual({});
  const relative = '{ "mcpServers": { "a": { "command": "x", "cwd": "b" }, "c": { "command": "x" } } }';
  expect((await found(relative)).servers).toMatchObject({ a: { cwd: join(folder, "b") }, c: { cwd: folder } });
});
