// Slices of a page: together they have the text of the page, and none of them is more than a parser reads in a moment.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { htmlSlices, type SliceBudget } from "../../src/tools/html-slices.js";
import { htmlText } from "../../src/tools/html-text.js";

const SMALL: SliceBudget = { chars: 40, tags: 3, looks: 10 };
const WHOLE: SliceBudget = { chars: Infinity, tags: Infinity, looks: Infinity };
const slicesOf = (html: string, budget = SMALL) => [...htmlSlices(html, budget)];

/** The text of a page that was cut with this budget, without tags and white space. */
function lettersOf(html: string, budget: SliceBudget): string {
  const texts = slicesOf(html, budget).map((slice) => slice.html.replace(/<(?:"[^"]*"|'[^']*'|[^>"'])*>/g, ""));
  return texts.join("").replace(/\s/g, "");
}

describe("a page", () => {
  it("that is small is one slice", () => {
    expect(slicesOf("<p>a<b>b</b></p>", WHOLE)).toEqual([{ html: "<p>a<b>b</b></p>", end: "none" }]);
  });

  it("is cut before a block, and where there is none before any tag", () => {
    expect(slicesOf("<p>a</p><p>b</p><p>c</p><p>d</p>").map(({ html, end }) => [html, end])).toEqual([
      ["<p>a</p><p>b</p>", "block"],
      ["<p>c</p><p>d</p>", "none"],
    ]);
    expect(slicesOf("<b>a</b>".repeat(6)).map(({ html }) => html)).toEqual([
      "<b>a</b><b>a</b><b>a</b><b>a",
      "</b><b>a</b><b>a</b>",
    ]);
  });

  it("of text alone is cut at white space, else between two characters", () => {
    const words = slicesOf("word ".repeat(40));
    expect(words.map(({ html }) => html).join("")).toBe("word ".repeat(40));
    expect(words.every(({ html }) => /^(word )+$/.test(html) && html.length <= 80)).toBe(true);
    const faces = slicesOf("😀&amp;".repeat(40));
    expect(faces.map(({ html }) => html).join("")).toBe("😀&amp;".repeat(40));
    expect(faces.every(({ html }) => !/[\uD800-\uDBFF]$|&\w*$/.test(html))).toBe(true);
  });

  it("is not cut inside a tag, and a tag inside a value is none", () => {
    const long = `<a title="${"<p>x ".repeat(50)}" href='y>z'>in</a>`;
    expect(slicesOf(`before ${long} after`).find(({ html }) => html.includes("<a "))!.html).toContain(
      long.slice(0, -6),
    );
  });

  it("leaves scripts, styles, comments and the like out", () => {
    const page =
      "a<script>if (1 < 2) '<p>no</p>'</script>b<!-- <p>no --> c<STYLE>p { x: '<' }</style >d<noscript><p>no</noscript>e<title>no</title>";
    expect(lettersOf(page, SMALL)).toBe("abcde");
    expect(lettersOf("a<script>no", SMALL)).toBe("a");
    expect(lettersOf("a<!-- no", SMALL)).toBe("a");
  });

  it("has the same text however it is cut", () => {
    const piece = fc.constantFrom(
      ..."word ,<p>,</p>,<b>,</b>,<br>,<ul><li>,</ul>,<table><tr><td>,</table>,&amp;,😀,<!-- c -->,<script>x<y</script>,<i a='>'>,</i>, \n".split(
        ",",
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const page = pieces.join("");
        expect(lettersOf(page, SMALL)).toBe(lettersOf(page, WHOLE));
      }),
    );
  });
});

describe("the worst pages of 1 MB", () => {
  const fill = (text: string): string => text.repeat(Math.floor(1_000_000 / text.length));
  it.each([
    ["text", fill("word ")],
    ["paragraphs", fill("<p>A paragraph of some words.</p>")],
    ["open paragraphs", fill("<p>a")],
    ["nested blocks", fill("<div>")],
    ["tags that close nothing", "<a>".repeat(5_000) + fill("</b>")],
    ["cells", `<table><tr>${fill("<td>a")}`],
    ["attributes", `<p ${fill("a=1 ")}>x`],
    ["an open quote", `<p a="${fill("'")}`],
    ["open scripts", fill("<script>")],
    ["open comments", fill("<!--")],
    ["signs", fill("<")],
    ["entities", fill("&notit;")],
    ["a huge colspan", fill("<table><tr><td colspan=999999999 rowspan=999999999>x</table>")],
  ])("%s leave turns for others", async (_, page) => {
    await htmlText("<p>loaded</p>");
    let worst = 0;
    let before = process.cpuUsage();
    const measure = (): void => {
      const { user, system } = process.cpuUsage(before);
      worst = Math.max(worst, (user + system) / 1_000);
      before = process.cpuUsage();
      timer = setImmediate(measure);
    };
    let timer = setImmediate(measure);
    await htmlText(page, "https://a.example/");
    measure();
    clearImmediate(timer);
    expect(worst).toBeLessThan(400);
  });

  it("can be given up", async () => {
    const reason = new Error("stopped");
    await expect(htmlText(fill("<p>a"), undefined, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
