// Which addresses are public: the special ones of both families, in all their spellings, are not.
import { describe, expect, it } from "vitest";
import { checkLiteral, isAllowed, isPublicAddress } from "../../src/tools/address-guard.js";

describe("an address", () => {
  it.each([
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::7f00:1",
    "64:ff9b::7f00:1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "not an address",
    "",
  ])("%s is not public", (address) => expect(isPublicAddress(address)).toBe(false));

  it.each([
    "8.8.8.8",
    "1.1.1.1",
    "172.15.255.255",
    "172.32.0.1",
    "100.128.0.1",
    "2606:4700::1111",
    "2a00:1450:4001::1",
  ])("%s is public", (address) => expect(isPublicAddress(address)).toBe(true));

  it.each([
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f.0.0.1/",
    "http://0177.0.0.1/",
    "http://[::1]/",
    "http://[::ffff:7f00:1]/",
  ])("%s is seen through", (url) =>
    expect(() => checkLiteral(new URL(url))).toThrow(expect.objectContaining({ code: "FETCH_ADDRESS" }) as Error),
  );

  it("may be allowed by host, with or without its port", () => {
    expect(isAllowed(new URL("http://127.0.0.1:81/"), ["127.0.0.1"])).toBe(true);
    expect(isAllowed(new URL("http://127.0.0.1:81/"), ["127.0.0.1:80"])).toBe(false);
    expect(isAllowed(new URL("https://wiki/"), ["wiki:443"])).toBe(true);
    expect(isAllowed(new URL("http://wiki.evil.example/"), ["wiki"])).toBe(false);
  });
});
