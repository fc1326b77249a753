// Shared by the parts of `npm run eval:intake`: the folder of the data, a table, a share. In: names and numbers. Out:
// text. It is not in scripts/intake/, because every file there is a part.
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

/** The files of a folder of the data by name, or an empty map if the folder does not exist. */
export function dataFiles(data, folder) {
  const place = data === undefined ? undefined : path.join(data, folder);
  if (place === undefined || statSync(place, { throwIfNoEntry: false })?.isDirectory() !== true) return new Map();
  return new Map(
    readdirSync(place)
      .sort()
      .map((name) => [name, () => readFileSync(path.join(place, name), "utf8")]),
  );
}

/** The result of a part without data: no fault, and no measurement. */
export const noData = (title, wanted) => ({
  title,
  markdown: `Not measured: ${wanted} is not in the data.`,
  ok: true,
  figures: undefined,
});

export function table(head, ...rows) {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

export const share = (n, of) => `${n} of ${of} (${of === 0 ? "0.0" : ((100 * n) / of).toFixed(1)} %)`;
