// A list of what a server has: its tools or its resources. In: a connection. Out: the entries, within limits. The SDK's own
// way to read a list has no limit on bytes, and writes to the standard streams.
import type {
  ListResourcesResult,
  ListResourceTemplatesResult,
  ListToolsResult,
  Resource,
  ResourceTemplateType,
  Tool,
} from "@modelcontextprotocol/client";
import { WireBroken } from "./guarded-transport.js";
import type { ServerClient } from "./server-client.js";

/** `isCut`: the server has more than are read. */
export interface ToldList<T> {
  readonly entries: readonly T[];
  readonly isCut: boolean;
}

/** Rejects with WireBroken if the list does not end, and with the SDK's error if the server does not answer. */
export const toldTools = (client: ServerClient, signal?: AbortSignal): Promise<ToldList<Tool>> =>
  told(client, "tools", signal, async (params, options) => {
    const page: ListToolsResult = await client.request({ method: "tools/list", params }, options);
    return { entries: page.tools, next: page.nextCursor };
  });

export const toldResources = (client: ServerClient, signal?: AbortSignal): Promise<ToldList<Resource>> =>
  told(client, "resources", signal, async (params, options) => {
    const page: ListResourcesResult = await client.request({ method: "resources/list", params }, options);
    return { entries: page.resources, next: page.nextCursor };
  });

export const toldTemplates = (client: ServerClient, signal?: AbortSignal): Promise<ToldList<ResourceTemplateType>> =>
  told(client, "resources", signal, async (params, options) => {
    const page: ListResourceTemplatesResult = await client.request(
      { method: "resources/templates/list", params },
      options,
    );
    return { entries: page.resourceTemplates, next: page.nextCursor };
  });

interface Page<T> {
  readonly entries: readonly T[];
  readonly next: string | undefined;
}

type Ask<T> = (
  params: { readonly cursor?: string },
  options: { readonly timeout: number; readonly signal?: AbortSignal },
) => Promise<Page<T>>;

/** A server that does not say that it has such a list is not asked for it. */
async function told<T>(
  client: ServerClient,
  capability: "tools" | "resources",
  signal: AbortSignal | undefined,
  ask: Ask<T>,
): Promise<ToldList<T>> {
  const { startMs, listPages, listItems, listBytes } = client.limits;
  const entries: T[] = [];
  if (client.getServerCapabilities()?.[capability] === undefined) return { entries, isCut: false };
  const options = { timeout: startMs, ...(signal === undefined ? {} : { signal }) };
  let bytes = 0;
  for (let [pages, cursor] = [1, undefined as string | undefined]; ; pages += 1) {
    const page = await ask(cursor === undefined ? {} : { cursor }, options);
    entries.push(...page.entries.slice(0, listItems - entries.length));
    bytes += JSON.stringify(page.entries).length;
    if (entries.length >= listItems || bytes > listBytes) return { entries, isCut: true };
    if (page.next === undefined) return { entries, isCut: false };
    if (pages >= listPages || page.next === cursor) throw new WireBroken({ is: "endless-list", pages });
    cursor = page.next;
  }
}
