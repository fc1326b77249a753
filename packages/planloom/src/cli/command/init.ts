// `planloom init`. In: a folder, empty or with a project in it. Out: the files of a first tool, and what to do next. A
// file that exists stays as it is; only .gitignore gets lines that it lacks, and a package.json without a test its test.
import { existsSync, readFileSync } from "node:fs";
import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { messageOf } from "../../error.js";
import { isTrusted, readTrust, trustFolder } from "../../files/trusted-folders.js";
import { isObject, type Json, type JsonObject } from "../../plan/json.js";
import { PlanloomError } from "../../words/planloom-error.js";
import { CONFIG_NAMES } from "../config-file.js";
import { usageError } from "../error-text.js";
import { EXIT } from "../exit-code.js";
import { print, printJson, PROGRAM, say } from "../output.js";
import { ownVersion } from "../own-file.js";
import { shellWord } from "../shell-word.js";
import { IGNORED, packageText, starterFiles, testCommand, type Starter, type StarterFile } from "../starter.js";

interface InitFlags {
  readonly js?: boolean;
  readonly ts?: boolean;
  readonly json?: boolean;
}

/** `kept`: it was there before. `changed`: lines were added, or the test script of npm was replaced. */
interface Written {
  readonly path: string;
  readonly state: "written" | "kept" | "changed";
}

export async function initCommand(named: string | undefined, flags: InitFlags): Promise<number> {
  const folder = resolve(named ?? ".");
  const project = projectIn(folder);
  const starter = starterFor(project, folder, flags);
  const files = await writeAll(folder, project, starter);
  const isNew = files.some(({ path, state }) => path.startsWith("planloom.config.") && state === "written");
  const trusted = isTrusted(folder, readTrust()) || (isNew && trustNow(folder));
  const next = nextSteps(folder, project, starter, files, trusted);
  if (flags.json === true) printJson({ folder, files, trusted, next });
  else for (const { path, state } of files) print(`${state.padEnd(7)}  ${path}`);
  if (trusted && flags.json !== true)
    say(`The folder is trusted: its configuration runs (\`${PROGRAM} trust --remove\` ends that).`);
  if (flags.json !== true && files.some(({ path, state }) => path === PACKAGE && state === "changed"))
    say("`npm test` runs the test now. Before, package.json held the script that npm writes where there is no test.");
  if (flags.json !== true) next.forEach((line) => say(`next: ${line}`));
  return EXIT.done;
}

const PACKAGE = "package.json";

/** package.json of a project, or {} if the folder has none. */
function projectIn(folder: string): JsonObject | undefined {
  const file = join(folder, PACKAGE);
  if (!existsSync(file)) return undefined;
  try {
    const value = JSON.parse(readFileSync(file, "utf8")) as Json;
    if (isObject(value)) return value;
    throw new Error("it is not a record");
  } catch (error) {
    throw usageError(`${file} cannot be read: ${messageOf(error)}.`, "Mend it, or name another folder.");
  }
}

function starterFor(project: JsonObject | undefined, folder: string, { js, ts }: InitFlags): Starter {
  const uses = (name: string): boolean =>
    ["dependencies", "devDependencies"].some((part) => isObject(project?.[part]) && name in project[part]);
  const isTyped = ts === true || (js !== true && (uses("typescript") || existsSync(join(folder, "tsconfig.json"))));
  // Without "type": "module" only such an ending makes a file a module.
  const before = project === undefined || project["type"] === "module" ? "" : "m";
  return { ending: `${before}${isTyped ? "ts" : "js"}`, runner: uses("vitest") ? "vitest" : "node" };
}

async function writeAll(
  folder: string,
  project: JsonObject | undefined,
  starter: Starter,
): Promise<readonly Written[]> {
  const config = CONFIG_NAMES.find((name) => existsSync(join(folder, name)));
  const files: StarterFile[] = starterFiles(starter).filter(
    ({ path }) => config === undefined || !path.startsWith("planloom.config."),
  );
  if (project === undefined)
    files.push({ path: PACKAGE, text: packageText(nameOf(folder), await ownVersion(), starter) });
  const written: Written[] = config === undefined ? [] : [{ path: config, state: "kept" }];
  for (const file of files) written.push(await writeNew(folder, file));
  if (project !== undefined) written.push(...(await replaceNoTest(folder, starter)));
  return [...written, await ignore(folder)];
}

/** A name that npm takes. */
const nameOf = (folder: string): string =>
  basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^-+|-+$/g, "") || "my-agent";

/** Throws FILE_UNWRITABLE. */
async function writeNew(folder: string, { path, text }: StarterFile): Promise<Written> {
  const file = join(folder, path);
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text, { flag: "wx" });
    return { path, state: "written" };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return { path, state: "kept" };
    throw new PlanloomError("FILE_UNWRITABLE", { file, reason: messageOf(error) });
  }
}

/** The test script that `npm init` writes, as JSON. It only fails. */
const NO_TEST = JSON.stringify('echo "Error: no test specified" && exit 1');

/** Puts the test into package.json of a project that has none. Its text stays as it is elsewhere. */
async function replaceNoTest(folder: string, starter: Starter): Promise<readonly Written[]> {
  const file = join(folder, PACKAGE);
  const text = await readFile(file, "utf8");
  const scriptIn = (of: string): string => {
    const { scripts } = JSON.parse(of) as JsonObject;
    return JSON.stringify(isObject(scripts) ? (scripts["test"] ?? null) : null);
  };
  if (scriptIn(text) !== NO_TEST) return [];
  const command = JSON.stringify(testCommand(starter));
  const changed = text.replace(NO_TEST, () => command);
  // Another script may hold the same words.
  if (scriptIn(changed) !== command) return [];
  try {
    await writeFile(file, changed);
  } catch (error) {
    throw new PlanloomError("FILE_UNWRITABLE", { file, reason: messageOf(error) });
  }
  return [{ path: PACKAGE, state: "changed" }];
}

async function ignore(folder: string): Promise<Written> {
  const path = ".gitignore";
  const file = join(folder, path);
  const own = await writeNew(folder, { path, text: `${IGNORED.join("\n")}\n` });
  if (own.state === "written") return own;
  const text = await readFile(file, "utf8");
  const bare = (line: string): string => line.trim().replace(/^\/|\/$/g, "");
  const has = new Set(text.split("\n").map(bare));
  const missing = IGNORED.filter((line) => !has.has(bare(line)));
  if (missing.length === 0) return own;
  await appendFile(file, `${text === "" || text.endsWith("\n") ? "" : "\n"}${missing.join("\n")}\n`);
  return { path, state: "changed" };
}

/** The person has just let this program write the configuration, and nobody else has written it. */
function trustNow(folder: string): boolean {
  try {
    trustFolder(folder, new Date().toISOString());
    return true;
  } catch {
    return false;
  }
}

/** Commands and notes, in order. */
function nextSteps(
  folder: string,
  project: JsonObject | undefined,
  starter: Starter,
  files: readonly Written[],
  trusted: boolean,
): readonly string[] {
  const place = relative(process.cwd(), folder);
  const kept = files.find(({ path, state }) => path.startsWith("planloom.config.") && state === "kept");
  const lacksTool = kept !== undefined && !readFileSync(join(folder, kept.path), "utf8").includes("count-words");
  const lacks = ["planloom", "zod"].filter((name) => !existsSync(join(folder, "node_modules", name)));
  const install = project === undefined ? "npm install" : `npm install ${lacks.join(" ")}`;
  return [
    ...(place === "" ? [] : [`cd ${shellWord(place)}`]),
    ...(lacks.length === 0 ? [] : [install]),
    ...(lacksTool ? ["add countWords of tools/count-words to `tools` of your configuration"] : []),
    ...(trusted ? [] : [`${PROGRAM} trust`]),
    `${PROGRAM} run count-words.yaml`,
    testCommand(starter),
    `${PROGRAM} doctor`,
  ];
}
