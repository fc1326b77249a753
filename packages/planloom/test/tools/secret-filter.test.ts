// The filter that takes secrets out of what tools give back: in every form, at every place of a value, and across the
// chunks of a stream.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/limits.js";
import type { Json } from "../../src/plan/json.js";
import { secretFilter } from "../../src/tools/secret-filter.js";

const SECRET = `p"ä/ss w&rd+7?'\\<x>`;
const filter = secretFilter({ KEY: SECRET });

const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("a text", () => {
  it.each<[string, (secret: string) => string]>([
    ["as it is", (secret) => secret],
    ["in lower case", (secret) => secret.toLowerCase()],
    ["in upper case", (secret) => secret.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase())],
    ["in JSON", (secret) => JSON.stringify({ key: secret })],
    ["in JSON inside JSON", (secret) => JSON.stringify({ body: JSON.stringify({ key: secret }) })],
    ["in JSON of ASCII", (secret) => JSON.stringify(secret).replaceAll("ä", "\\u00e4")],
    ["in JSON with escaped slashes", (secret) => JSON.stringify(secret).replaceAll("/", "\\/")],
    ["as a component of a URL", (secret) => `https://a.example/?k=${encodeURIComponent(secret)}&x=1`],
    ["with small % escapes", (secret) => encodeURIComponent(secret).replaceAll(/%../g, (part) => part.toLowerCase())],
    ["as a field of a form", (secret) => new URLSearchParams({ k: secret }).toString()],
    ["as a whole URL", (secret) => encodeURI(`https://a.example/${secret}`)],
    [
      "as the password of a URL",
      (secret) => {
        const url = new URL("https://user@a.example/");
        url.password = secret;
        return url.href;
      },
    ],
    [
      "in HTML",
      (secret) =>
        secret
          .replaceAll("&", "&amp;")
          .replaceAll("<", "&lt;")
          .replaceAll(">", "&gt;")
          .replaceAll('"', "&quot;")
          .replaceAll("'", "&#39;"),
    ],
    ["in hexadecimal", (secret) => Buffer.from(secret).toString("hex")],
  ])("%s", (_, form) => {
    const clean = filter.text(`before ${form(SECRET)} after`);
    expect(clean).toContain("[secret KEY]");
    expect(clean).toMatch(/^before .*after$/s);
    expect(clean).not.toMatch(/ss.{0,3}w|7473/i);
  });

  it("in base64, at each place of what was encoded, in both alphabets, with and without its end", () => {
    const secret = "~~sk?hidden>>90317~~";
    const { text } = secretFilter({ KEY: secret });
    for (const before of ["", "u", "us", "user:", "Bearer "]) {
      for (const after of ["", "x", "xy", "xyz"]) {
        const encoded = base64(before + secret + after);
        const urlSafe = encoded.replaceAll("+", "-").replaceAll("/", "_");
        for (const form of [encoded, urlSafe, encoded.replace(/=+$/, ""), encodeURIComponent(encoded)]) {
          const clean = text(`Basic ${form}`);
          expect(clean).toContain("[secret KEY]");
          const left = Buffer.from(clean.replace("[secret KEY]", " ").split(" ").at(1)!, "base64").toString();
          expect(left).not.toMatch(/hidden|90317|sk/);
        }
      }
    }
  });

  it("that has no secret is the same text", () => {
    fc.assert(fc.property(fc.string(), (text) => filter.text(text) === text || text.includes("p")));
    expect(filter.text("")).toBe("");
  });

  it("any secret in any text is found", () => {
    const secrets = fc.string({ unit: "grapheme", minLength: 8, maxLength: 200 });
    fc.assert(
      fc.property(secrets, fc.string(), fc.string(), (secret, before, after) => {
        fc.pre(secret.trim().length >= 8 && ![...secret].every((letter) => letter === secret[0]));
        const { text } = secretFilter({ S: secret });
        for (const form of [secret, JSON.stringify(secret), encodeURIComponent(Buffer.from(secret).toString())]) {
          expect(text(before + form + after)).not.toContain(secret);
          expect(text(before + form + after)).toContain("[secret S]");
        }
        expect(text(base64(before + secret + after))).toContain("[secret S]");
      }),
    );
  });

  it("a key file is found whole, and by each of its lines", () => {
    const lines = Array.from({ length: 20 }, (_, i) => base64(`line ${i} `.repeat(8)).slice(0, 64));
    const key = ["-----BEGIN PRIVATE KEY-----", ...lines, "-----END PRIVATE KEY-----", ""].join("\n");
    const { text } = secretFilter({ PEM: key });
    expect(text(`key: ${key}`)).toBe("key: -----BEGIN PRIVATE KEY-----\n[secret PEM]\n-----END PRIVATE KEY-----\n");
    expect(text(JSON.stringify({ key }))).not.toContain(lines[3]);
    expect(text(`bad line ${lines[7]}!`)).toBe("bad line [secret PEM]!");
    expect(text(base64(key))).not.toContain(base64(lines[7]!).slice(4, 60));
  });

  it("a part of a long secret is found", () => {
    const long = Array.from({ length: 300 }, (_, i) => String.fromCharCode(97 + ((i * i) % 26))).join("");
    const { text } = secretFilter({ JWT: long });
    expect(text(`${long}.`)).toBe("[secret JWT].");
    expect(text(long.slice(0, 140))).toMatch(/^\[secret JWT\].{12}$/);
  });

  it("says which one of several it is", () => {
    const { text } = secretFilter({
      "a b": "first-secret",
      B: "second-secret",
      C: undefined,
      D: "first-secret-longer",
    });
    expect(text("first-secret second-secret first-secret-longer")).toBe("[secret a_b] [secret B] [secret D]");
  });
});

describe("a value", () => {
  it("is cleaned in its texts, keys and numbers, and otherwise the same", () => {
    const { value } = secretFilter({ A: "sk-hidden-1", PIN: "12345678" });
    expect(
      value({ "sk-hidden-1": 1, "SK-HIDDEN-1": [true, null, { x: "y sk-hidden-1" }], n: 12345678, m: 1234567 }),
    ).toEqual({
      "[secret A]": 1,
      "[secret A] 2": [true, null, { x: "y [secret A]" }],
      n: "[secret PIN]",
      m: 1234567,
    });
    const other = { a: [1, "x"] };
    expect(value(other)).toBe(other);
  });

  it("does not grow beyond its limit", () => {
    const { value } = secretFilter({ ["N".repeat(100)]: "abcdefgh" });
    const clean: string = value<string>("abcdefgh ".repeat(LIMITS.valueBytes / 10));
    expect(clean.length).toBeLessThan(LIMITS.valueBytes);
    expect(clean.slice(0, 20)).toBe("[secret] [secret] [s");
  });

  it("of any shape keeps its shape", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (any) => {
        expect(filter.value(any as Json)).toEqual(any);
      }),
    );
  });
});

describe("a stream", () => {
  const secret = "sk-hidden-90317";
  const streamed = (chunks: readonly string[]) => {
    const stream = secretFilter({ K: secret }).stream();
    return chunks.map((chunk) => stream.write(chunk)).join("") + stream.flush();
  };

  it("wherever it is cut, in two or three", () => {
    const text = `a ${secret} b ${base64(`x${secret}`)} c`;
    for (let i = 0; i <= text.length; i++) {
      for (let j = i; j <= text.length; j++) {
        const clean = streamed([text.slice(0, i), text.slice(i, j), text.slice(j)]);
        expect(clean).toMatch(/^a .*\[secret K\] b .*\[secret K\].* c$/);
        expect(clean).not.toMatch(/sk-h|hidden|90317/);
      }
    }
  });

  it("character by character", () => {
    expect(streamed([...`x${secret}y`])).toMatch(/^x.{0,3}\[secret K\]y$/);
  });

  it("gives back what was no secret after all", () => {
    expect(streamed(["sk-hidden", "-no"])).toBe("sk-hidden-no");
    expect(streamed(["it ends with sk-h"])).toBe("it ends with sk-h");
    expect(streamed(["it ends with sk-hidden-9"])).toBe("it ends with [secret]");
  });
});
