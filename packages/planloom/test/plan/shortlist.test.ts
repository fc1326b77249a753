// The tools of a large inventory that a planner is told of.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/limits.js";
import { shortlist } from "../../src/agents/planner/shortlist.js";
import type { ToolSpec } from "../../src/plan/tool-spec.js";

const spec = (name: string, description: string): ToolSpec => ({
  ...{ name, description, effects: "none", input: { type: "object", properties: {} } },
});
const THINGS = ["invoice", "ticket", "contact", "meeting", "parcel", "recipe", "song", "photo", "flight", "house"];
const VERBS = ["create", "find", "update", "delete", "archive"];
/** 500 tools of ten kinds: `create_invoice_3` and the like. */
const TOOLS = THINGS.flatMap((thing) =>
  VERBS.flatMap((verb) =>
    Array.from({ length: 10 }, (_, n) => spec(`${verb}_${thing}_${n}`, `Can ${verb} a ${thing} in system ${n}.`)),
  ),
);
const namesOf = (tools: readonly ToolSpec[]) => tools.map(({ name }) => name);

describe("of 500 tools", () => {
  it("are chosen that the words of the goal fit, in the order of the inventory", () => {
    const chosen = namesOf(shortlist(TOOLS, { goal: "Archiving all my invoices" }, 20));
    expect(chosen).toHaveLength(20);
    expect(chosen.filter((name) => name.startsWith("archive_invoice"))).toHaveLength(10);
    expect(chosen.every((name) => name.includes("archive") || name.includes("invoice"))).toBe(true);
    expect(chosen).toEqual(namesOf(TOOLS).filter((name) => chosen.includes(name)));
  });

  it("those are always there that the goal, a draft or a finding names", () => {
    const goal = "Use DELETE_SONG_7 on the invoices";
    const texts = ['{"steps":[{"tool":"find_house_3"}]}', "Did you mean update_photo_1, update_photo_2?"];
    const chosen = namesOf(shortlist(TOOLS, { goal, texts }, 20));
    expect(chosen).toEqual(
      expect.arrayContaining(["delete_song_7", "find_house_3", "update_photo_1", "update_photo_2"]),
    );
    expect(chosen).not.toContain("find_house_33");
    expect(chosen).toHaveLength(20);
  });

  it("those that were asked for come in addition, and what was there stays", () => {
    const goal = "Archive the invoices";
    const before = shortlist(TOOLS, { goal }, 20);
    const after = shortlist(TOOLS, { goal, words: [["play a song"], ["create_recipe_4"]] }, 20);
    const added = namesOf(after.filter((tool) => !before.includes(tool)));
    expect(after.length).toBe(before.length + added.length);
    expect(added.filter((name) => name.includes("song"))).toHaveLength(LIMITS.furtherTools);
    expect(added).toContain("create_recipe_4");
    expect(namesOf(shortlist(TOOLS, { goal, words: [["quantum"]] }, 20))).toEqual(namesOf(before));
  });

  it("the first ones are taken where no word fits", () => {
    expect(shortlist(TOOLS, { goal: "寿司を注文する" }, 7)).toEqual(TOOLS.slice(0, 7));
  });

  it("few are all", () => {
    expect(shortlist(TOOLS.slice(0, 5), { goal: "x" }, 5)).toEqual(TOOLS.slice(0, 5));
  });
});

it("is the same for the same words, never more than asked for, and holds what is named", () => {
  const goals = fc.array(fc.constantFrom(...THINGS, ...VERBS, "the", "ünder", "find_song_1"), { maxLength: 8 });
  fc.assert(
    fc.property(goals, fc.integer({ min: 2, max: 499 }), (words, most) => {
      const goal = words.join(" ");
      const chosen = shortlist(TOOLS, { goal }, most);
      expect(chosen).toHaveLength(most);
      expect(shortlist(TOOLS, { goal }, most)).toEqual(chosen);
      if (words.includes("find_song_1")) expect(namesOf(chosen)).toContain("find_song_1");
    }),
    { numRuns: 50 },
  );
});
