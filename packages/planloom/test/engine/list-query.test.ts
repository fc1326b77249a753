// A list of runs that is asked for with a query that does not fit. Out: an error that names the field.
import { expect, test } from "vitest";
import { createLoom } from "../../src/loom/create-loom.js";
import { soundQuery } from "../../src/loom/list-query.js";
import type { ListQuery } from "../../src/store/event-store.js";

const fitting: readonly ListQuery[] = [
  {},
  { limit: 0 },
  { limit: 7, since: 0, status: "waiting", text: "", cursor: "x" },
  { limit: Infinity, since: -1, status: ["failed", "unreadable"] },
];

test.each(fitting)("a query that fits stays as it is: %j", (query) => {
  expect(soundQuery(query)).toBe(query);
});

test("a filter that does not exist is refused: it would list every run", async () => {
  const loom = await createLoom({ store: "memory" });
  await expect(loom.list({ tags: ["vip"] } as ListQuery)).rejects.toMatchObject({
    code: "QUERY_INVALID",
    params: { field: "tags" },
    message: "The runs cannot be listed, because there is no filter `tags`.",
    next: "Write one of limit, since, status, text, tag, playbook, cursor, within, children.",
  });
  await loom.close();
});

test.each<[keyof ListQuery, unknown, string]>([
  ["limit", NaN, "not a number"],
  ["limit", 1.5, "1.5"],
  ["limit", -1, "-1"],
  ["limit", "7", '"7"'],
  ["limit", null, "null"],
  ["since", NaN, "not a number"],
  ["since", "yesterday", '"yesterday"'],
  ["status", "done", '"done"'],
  ["status", ["failed", "done"], "a list with another value"],
  ["status", {}, "an object"],
  ["text", 7, "7"],
  ["cursor", Symbol("c"), "a symbol"],
])("%s cannot be %s", async (field, value, given) => {
  const loom = createLoom({ store: "memory" });
  const asked = (await loom).list({ [field]: value });
  await expect(asked).rejects.toMatchObject({
    code: "QUERY_INVALID",
    kind: "usage",
    params: { field, given },
    message: `The runs cannot be listed, because \`${field}\` is ${given}.`,
  });
  await (await loom).close();
});
