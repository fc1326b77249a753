// Texts that are made to be slow or deep. In: nothing. Out: the reading time of each, which must be below 100 ms. They
// hold no plan.
const many = (text, times) => text.repeat(times);
const K = 1024;

export const HOSTILE = {
  "2 MiB of junk": many("x", 2 * K * K - 1),
  "2 MiB of strict JSON": JSON.stringify({
    steps: [{ id: "a", agent: "Read it.", with: { text: many("ab\n", 600_000) } }],
  }),
  "2 MiB of JSON with a comma too many": `{"steps":[{"id":"a","agent":"${many("x", 2 * K * K - 100)}",}]}`,
  "1 MiB of brackets": many("[", K * K),
  "256 KiB of brackets and quotes": many('{"', 128 * K),
  "256 KiB of quotes": many('"', 256 * K - 1),
  "256 KiB of single quotes in a list": `[${many("'a',", 64 * K - 10)}`,
  "256 KiB of escapes": `["${many("\\_", 128 * K - 10)}"]`,
  "256 KiB of open comments": `[${many("/*", 128 * K - 10)}`,
  "256 KiB of empty lists": `{"steps":[${many("[],", 87_000)}]}`,
  "256 KiB of steps": `{"steps":[${many('{"id":1,"agent":"x"},', 12_000)}]}`,
  "256 KiB of open references": JSON.stringify({
    steps: [{ id: "A-b", agent: "x y", with: { t: many("${{ ", 60_000) } }],
  }),
  "256 KiB of foreign references": JSON.stringify({
    steps: [{ id: 1, agent: "x y", with: { t: many("{{1.output}} ", 19_000) } }],
  }),
  "256 KiB of half references": JSON.stringify({
    steps: [{ id: 1, agent: "x y", with: { t: many("{{ $1.a[ <node- #E ", 13_000) } }],
  }),
  "256 KiB of prose brackets": many("{a} [b] ", 32 * K),
  "250 KiB of words in brackets": many("[PLAN END]\n", 23_000),
  "256 KiB of documents in prose": many('see {"steps":[]} ', 15_000),
  "256 KiB of keys in prose": many('{"a": ', 43_000),
  "256 KiB of fences": many("```\n", 64 * K),
  "256 KiB of open fences": many("```json\n{\n", 25_000),
  "256 KiB of tags": many("<plan>", 43_000),
  "256 KiB of thinking": many("<think></think", 18_000),
  "256 KiB of list items": many("1. x\n", 52_000),
  "256 KiB of numbered items": Array.from({ length: 20_000 }, (_, i) => `${i}. search("x")`).join("\n"),
  "256 KiB of calls": `1. f(${many("a=1,", 60_000)})\n2. g(1)`,
  "256 KiB of spaces": `1. ${many(" ", 256 * K)}x\n2. y`,
  "256 KiB of stars": many("*", 256 * K),
  "256 KiB of questions": many("Why? ", 52_000),
  "YAML with many values": `steps: [${many("1,", 100_000)}1]`,
  "YAML with many lines": `steps:\n${many("  - a: 1\n", 20_000)}`,
  "YAML with many keys": `steps: []\n${Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`).join("\n")}`,
  "YAML with a long text": `steps:\n  - id: a\n    agent: |\n${many("      x\n", 28_000)}`,
  "YAML with deep lists": `steps:\n  ${many("- ", 100_000)}x`,
  "YAML with open quotes": `steps: "${many("a\n", 100_000)}`,
  ...Object.fromEntries(
    ["[}", "- [", "&a ", "*a ", "!x ", "a: b: ", '"\n', "a:\n\t"].map((sign) => [
      `YAML of ${JSON.stringify(sign)}`,
      `steps: ${many(sign, Math.floor(9_900 / ({ "a:\n\t": 5, "- [": 2, "[}": 2, "a: b: ": 2 }[sign] ?? 2)))}`,
    ]),
  ),
  "a bracket's worth of YAML": many("[}", 4_900),
  "YAML with aliases": `a: &a [${many("x,", 50)}]\nsteps: [${many("*a,", 40)}]`,
};

/** The shortest of a few readings of each, in ms, so that other work of the machine does not count. */
export function hostileFigures({ readPlan, locate = true, tries = 5 }) {
  return Object.entries(HOSTILE).map(([name, text]) => {
    let ms = Infinity;
    let kind = "";
    for (let i = 0; i < tries; i++) {
      const began = performance.now();
      const read = readPlan(text);
      if (locate && read.kind === "plan") read.locate("/steps/0");
      ms = Math.min(ms, performance.now() - began);
      kind = read.kind;
    }
    return { name, kind, ms };
  });
}
