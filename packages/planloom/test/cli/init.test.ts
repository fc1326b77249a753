// `planloom init`: what it writes runs at once, its test passes, it compiles, and nothing that was there is changed.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { workspace, type Workspace } from "./planloom.js";

const MODULES = fileURLToPath(new URL("../../../../node_modules/", import.meta.url));

/** The packages that `npm install` would bring. */
function installed(here: Workspace, ...more: readonly string[]): void {
  mkdirSync(join(here.folder, "node_modules"));
  for (const name of ["planloom", "zod", ...more])
    symlinkSync(join(MODULES, name), join(here.folder, "node_modules", name));
}

interface Init {
  readonly files: readonly { readonly path: string; readonly state: string }[];
  readonly trusted: boolean;
  readonly next: readonly string[];
}

const home = (here: Workspace) => ({ env: { HOME: here.folder, PLANLOOM_TRUST: "" } });

const passes = (here: Workspace, command: string): void => {
  const [program, ...args] = command.split(" ");
  const ended = spawnSync(program === "node" ? process.execPath : program!, args, {
    cwd: here.folder,
    encoding: "utf8",
    env: { PATH: process.env["PATH"] },
  });
  expect(ended.status, ended.stdout + ended.stderr).toBe(0);
};

test("an empty folder gets a project in JavaScript that runs at once, and whose test passes", async () => {
  const here = workspace();
  const made = await here.json<Init>(["init", "--json"], home(here));
  expect(made).toMatchObject({ exit: 0, trusted: true });
  expect(made.files.every(({ state }) => state === "written")).toBe(true);
  installed(here);
  expect(await here.run(["run", "count-words.yaml"], home(here))).toMatchObject({ code: 0, stdout: "7\n" });
  passes(
    here,
    made.next.find((line) => line.includes("--test"))!,
  );
  const again = await here.json<Init>(["init", "--json"], home(here));
  expect(again.files.every(({ state }) => state === "kept")).toBe(true);
});

test("a project in TypeScript keeps its files, and what is added compiles and runs", async () => {
  const here = workspace();
  const own = { name: "own", devDependencies: { typescript: "6" } };
  const options = { strict: true, module: "nodenext", target: "es2022", noEmit: true, types: ["node"] };
  here.write("package.json", own);
  here.write("tsconfig.json", { compilerOptions: options });
  here.write(".gitignore", "dist");
  installed(here, "@types");
  const made = await here.json<Init>(["init", "--json"], home(here));
  expect(made.files).toContainEqual({ path: "planloom.config.mts", state: "written" });
  expect(readFileSync(join(here.folder, ".gitignore"), "utf8")).toMatch(/^dist\nnode_modules\/\n\.planloom\/\n/);
  expect(JSON.parse(readFileSync(join(here.folder, "package.json"), "utf8"))).toEqual(own);
  expect(await here.run(["run", "count-words.yaml", "-q"], home(here))).toMatchObject({ code: 0, stdout: "7\n" });
  passes(
    here,
    made.next.find((line) => line.includes("--test"))!,
  );
  execFileSync(process.execPath, [join(MODULES, "@typescript/native/bin/tsc"), "-p", "."], { cwd: here.folder });
});

test("the test script that npm writes where there is no test is replaced, and no other", async () => {
  const noTest = 'echo "Error: no test specified" && exit 1';
  const here = workspace();
  const own = `{\n    "name": "own", "scripts": {\n\t"test": ${JSON.stringify(noTest)}, "lint": "eslint" }\n}`;
  here.write("package.json", own);
  const { stdout, stderr } = await here.run(["init"], home(here));
  expect([stdout, stderr]).toEqual([
    expect.stringContaining("changed  package.json"),
    expect.stringContaining("`npm test` runs the test now."),
  ]);
  const written = readFileSync(join(here.folder, "package.json"), "utf8");
  expect(written).toBe(own.replace(JSON.stringify(noTest), '"node --test test/count-words.test.mjs"'));
  here.write("package.json", { scripts: { test: `${noTest} # ours`, check: noTest } });
  const again = await here.json<Init>(["init", "--json"], home(here));
  expect(again.files.filter(({ path }) => path === "package.json")).toEqual([]);
});

test("a configuration that is there is neither changed nor trusted", async () => {
  const here = workspace();
  here.write("planloom.config.yaml", "approval: always\n");
  const { stdout, stderr, code } = await here.run(["init", "sub/../.", "--js"], home(here));
  expect(code).toBe(0);
  expect(stdout).toContain("kept     planloom.config.yaml");
  expect(stderr).toMatch(/next: add countWords .*\n(.*\n)*next: (npx )?planloom trust/);
  expect(readFileSync(join(here.folder, "planloom.config.yaml"), "utf8")).toBe("approval: always\n");
  expect(existsSync(join(here.folder, "planloom.config.js"))).toBe(false);
});

test("a package.json that cannot be read, and a folder that cannot be made, are told with what to do", async () => {
  const here = workspace();
  here.write("package.json", "{");
  expect(await here.run(["init"], home(here))).toMatchObject({ code: 2, stdout: "" });
  const { error } = await here.json<{ error: object }>(["init", "package.json/x", "--json"], home(here));
  expect(error).toMatchObject({ code: "FILE_UNWRITABLE" });
});
