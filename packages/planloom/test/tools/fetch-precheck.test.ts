// The precheck of fetch_url: a host is missing only if a network says that there is no such host.
import { lookup } from "node:dns/promises";
import { networkInterfaces } from "node:os";
import { afterEach, expect, test, vi } from "vitest";
import { fetchUrlTool } from "../../src/tools/builtin/fetch-url.js";

vi.mock("node:dns/promises", () => ({ lookup: vi.fn() }));
vi.mock("node:os", async (original) => ({ ...(await original<object>()), networkInterfaces: vi.fn() }));
afterEach(() => vi.resetAllMocks());

const { precheck } = fetchUrlTool();
const asked = (url: string) => precheck!({ url }, { signal: new AbortController().signal, context: undefined });

function world(code: string | undefined, internal: boolean): void {
  const answer = () =>
    code === undefined ? Promise.resolve({}) : Promise.reject(Object.assign(new Error(code), { code }));
  vi.mocked(lookup).mockImplementation(answer as never);
  vi.mocked(networkInterfaces).mockReturnValue({ net: [{ internal }] } as never);
}

test.each<[string, string | undefined, boolean, object | undefined]>([
  ["no such host", "ENOTFOUND", false, { argument: "url", what: "the host news.example" }],
  ["a host that is there", undefined, false, undefined],
  ["a name server that does not answer", "EAI_AGAIN", false, undefined],
  ["a machine without a network", "ENOTFOUND", true, undefined],
])("%s", async (_, code, internal, missing) => {
  world(code, internal);
  const found = await asked("https://news.example/today");
  if (missing === undefined) expect(found).toBeUndefined();
  else expect(found).toMatchObject(missing);
});

test.each(["https://93.184.215.14/", "https://[2606:4700::1]/", "not an address"])(
  "%s is not looked up",
  async (url) => {
    world("ENOTFOUND", false);
    expect(await asked(url)).toBeUndefined();
    expect(lookup).not.toHaveBeenCalled();
  },
);
