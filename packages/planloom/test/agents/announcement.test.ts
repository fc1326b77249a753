// Replies that announce a call and make none, and results that only look like one.
import { describe, expect, it } from "vitest";
import { announcesCall } from "../../src/agents/executor/announcement.js";

const announces = (text: string) => announcesCall(text, ["lookup", "read_page"]);

describe("an announcement", () => {
  it.each([
    "I will now use the lookup tool to find information about Bern. Let me do that for you!",
    "Let me search for that.",
    "Sure! I'll call read_page with the address.",
    "First, I need to check the population of Bern.",
    "I would need to look that up with the lookup tool.",
    "We can use `lookup` for this.",
    "Ich benutze dafür das Werkzeug lookup.",
    "Voy a usar la herramienta lookup para buscarlo.",
    "我将使用 lookup 工具来查找。",
    "ツール lookup を使います。",
    "Per questo serve read_page.",
  ])("%s", (text) => expect(announces(text)).toBe(true));
});

describe("a result", () => {
  it.each([
    "Bern has 134,000 inhabitants.",
    "I will be brief: Bern.",
    "A quick lookup in the register shows Bern.",
    "The word lookup has six letters.",
    "The mayor says: we will use the lake. The town agrees. The vote was close. Nobody objected. It passed.",
    '{"say": "Let me search for that."}',
    `Let me search for that. ${"Bern is old. ".repeat(60)}`,
    "Bern is the capital. Let me know if you need more.",
  ])("%s", (text) => expect(announces(text)).toBe(false));
});
