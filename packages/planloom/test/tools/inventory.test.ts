// The inventory: tools under their names, as code and as data.
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createInventory } from "../../src/tools/inventory.js";
import { tool, type Tool } from "../../src/tools/tool.js";

const named = (name: string, description = "d"): Tool =>
  tool({ name, description, input: z.object({}), effects: "none", run: () => name });

describe("inventory", () => {
  it("finds tools by name, and no others", () => {
    const [a, b] = [named("a"), named("b")];
    const made = createInventory([b, a], ["There is no search."]);
    expect(made.get("a")).toBe(a);
    expect(made.get("toString")).toBeUndefined();
    expect(made.specs).toEqual([b.spec, a.spec]);
    expect(made.inventory).toEqual({ tools: [b.spec, a.spec], notes: ["There is no search."] });
    expect([...made.tools.keys()]).toEqual(["b", "a"]);
  });

  it("has a hash of the definitions, not of their order or the notes", () => {
    const { hash } = createInventory([named("a"), named("b")]);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(createInventory([named("b"), named("a")], ["note"]).hash).toBe(hash);
    expect(createInventory([named("b"), named("a", "other")]).hash).not.toBe(hash);
  });

  it("refuses two tools with the same name", () => {
    const two = () => createInventory([named("a"), named("a")]);
    expect(two).toThrow(expect.objectContaining({ code: "DUPLICATE_TOOL", kind: "config" }) as Error);
    expect(createInventory([]).inventory).toEqual({ tools: [] });
  });
});
