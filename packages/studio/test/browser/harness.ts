// A real browser on a real server with scripted models. In: tools and a script. Out: pages that are signed in, and checks
// on them. One server and one browser serve a whole file of tests. Without a browser the tests say so and are skipped.
import axe from "axe-core";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createLoom, memoryStore, type Loom, type LoomConfig } from "planloom";
import { startFakeOpenAI, type ChatBody, type FakeReply } from "planloom/testing";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import { DOCUMENTS } from "../../../planloom/dist/cli/demo/documents.js";
import { DEMO_GOALS, DEMO_SAYS } from "../../../planloom/dist/cli/demo/goals.js";
import { demoReply } from "../../../planloom/dist/cli/demo/script.js";
import { demoTools } from "../../../planloom/dist/cli/demo/tools.js";
import { sessionCookie } from "../../../planloom/dist/server/access/session.js";
import { serverApp } from "../../../planloom/dist/server/app.js";
import { listen, type Listening } from "../../../planloom/dist/server/listen.js";

const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** A test that needs the browser. Skipped if there is none. */
export const browserTest: ReturnType<typeof test.skipIf> = test.skipIf(!existsSync(CHROMIUM));

const WIDTHS = [1440, 1000, 390] as const;
const THEMES = ["light", "dark"] as const;
const heightOf = (width: number): number => (width === 390 ? 844 : 900);

export interface StudioOptions {
  /** Default: the tools of the demo. */
  readonly tools?: LoomConfig["tools"];
  /** The script of all models. Default: the demo's, without its waits. */
  readonly reply?: (body: ChatBody) => FakeReply;
  readonly config?: LoomConfig;
}

export interface PageOptions {
  readonly width?: (typeof WIDTHS)[number];
  readonly theme?: (typeof THEMES)[number];
  /** Default: the printed link is opened. */
  readonly signIn?: boolean;
  /** The right of the person who is signed in. Default: all. */
  readonly right?: "read" | "approve" | "all";
}

export interface TestStudio {
  readonly loom: Loom;
  /** The address of the server, without a path. */
  readonly url: string;
  /** What `planloom studio` prints. */
  readonly link: string;
  readonly openPage: (options?: PageOptions) => Promise<Page>;
  /** The server goes away, and comes back at the same port with the same sessions. */
  readonly stopServer: () => Promise<void>;
  readonly startServer: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Starts the studio before the tests of a file, and ends it after them. `studio()` gives it inside a test. */
export function useStudio(options: StudioOptions = {}): () => TestStudio {
  let studio: TestStudio | undefined;
  beforeAll(async () => {
    if (existsSync(CHROMIUM)) studio = await openStudio(options);
    else console.warn(`There is no browser at ${CHROMIUM} (CHROMIUM names another): its tests are skipped.`);
  });
  afterAll(() => studio?.close());
  return () => studio!;
}

async function openStudio({ tools = demoTools(), reply, config }: StudioOptions): Promise<TestStudio> {
  const script = reply ?? ((body) => ({ ...demoReply(body), delayMs: 20 }));
  const models = await startFakeOpenAI({ reply: script });
  const role = (model: string) => ({ model, baseURL: models.url, apiKey: "test" });
  const named = {
    planner: role("scripted-planner"),
    executor: role("scripted-executor"),
    synthesizer: role("scripted-synthesizer"),
  };
  const folder = mkdtempSync(join(tmpdir(), "planloom-studio-test-"));
  for (const [name, text] of Object.entries(DOCUMENTS)) writeFileSync(join(folder, name), text);
  const given: LoomConfig = { tools, models: named, store: memoryStore(), approval: "effects" };
  const loom = await createLoom({ ...given, builtins: { search: { folder } }, ...config });
  const server = await startServer(loom);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  const contexts: BrowserContext[] = [];
  return {
    loom,
    url: server.url,
    link: `${server.url}/#token=${TOKEN}`,
    openPage: async (asked = {}) => {
      const context = await openContext(browser, asked);
      contexts.push(context);
      return openPage(context, server.url, asked);
    },
    stopServer: server.stop,
    startServer: server.start,
    close: async () => {
      await Promise.all(contexts.map((context) => context.close()));
      await browser.close();
      await server.stop();
      await loom.close();
      await models.close();
      rmSync(folder, { recursive: true });
    },
  };
}

const TOKEN = "test-token-test-token-test-token";
const FOLDER = fileURLToPath(new URL("../../../planloom/studio", import.meta.url));

async function startServer(loom: Loom) {
  const demo = { says: DEMO_SAYS, goals: DEMO_GOALS };
  const tokens = [
    { name: "tester", token: TOKEN, right: "all" },
    { name: "approver", token: `${TOKEN}-approve`, right: "approve" },
    { name: "reader", token: `${TOKEN}-read`, right: "read" },
  ] as const;
  let app: ReturnType<typeof serverApp> | undefined;
  const begin = (at: number): Promise<Listening> =>
    listen(
      (port) => (app ??= serverApp(loom, { tokens, cookie: sessionCookie(port), studio: { folder: FOLDER, demo } })),
      {
        host: "127.0.0.1",
        port: at,
        // A page that follows a run is cut off at once.
        limits: { stopMs: 0 },
      },
    );
  let listening: Listening | undefined = await begin(0);
  const { url, port } = listening;
  return {
    url,
    start: async () => {
      listening = await begin(port);
    },
    stop: async () => {
      await listening?.close();
      listening = undefined;
    },
  };
}

/** What went wrong in pages: errors of scripts, and what the content security policy refused. */
const faults = new WeakMap<Page, string[]>();

async function openContext(browser: Browser, { width = 1440, theme = "light" }: PageOptions): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width, height: heightOf(width) },
    colorScheme: theme,
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(15_000);
  return context;
}

async function openPage(
  context: BrowserContext,
  url: string,
  { signIn = true, right = "all" }: PageOptions,
): Promise<Page> {
  const page = await context.newPage();
  const found: string[] = [];
  faults.set(page, found);
  page.on("pageerror", (error) => found.push(error.message));
  page.on("console", (message) => {
    // The browser itself reports each failed request; pages show those.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) found.push(message.text());
  });
  await page.goto(signIn ? `${url}/#token=${TOKEN}${right === "all" ? "" : `-${right}`}` : url);
  await page.waitForSelector("h1");
  return page;
}

/** Errors of scripts in this page so far. */
export const faultsOf = (page: Page): readonly string[] => faults.get(page) ?? [];

/** What breaks WCAG 2.2 AA or the usual practice in this page: the rule, and the first element. */
export async function violationsOf(page: Page): Promise<readonly string[]> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE_SOURCE);
  const { violations } = await page.evaluate(() => (window as unknown as { axe: typeof axe }).axe.run());
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ""} ${nodes[0]?.failureSummary ?? ""}`);
}

const AXE_SOURCE = axe.source;

/** Saves a picture of the page if SHOTS names a folder, to look at. */
export async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env["SHOTS"];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

/** Does something in each theme and width of the same page. The page is not loaded again. */
export async function inEachLook(page: Page, look: (name: string) => Promise<void>): Promise<void> {
  for (const colorScheme of THEMES) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: heightOf(width) });
      await look(`${colorScheme}-${width}`);
    }
  }
}

/** Whether a part of the page is wider than the window. */
export const isTooWide = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
