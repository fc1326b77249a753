// Damage that a disk may do to a store: cut its files anywhere, flip any bit. In: the files of real runs. Out: the same
// content, a refusal with a code, or, where the write-ahead log has lost its end, the log up to there; never anything
// else. PLANLOOM_DAMAGE=10000 tries so many places of each kind of log, PLANLOOM_DAMAGE=all every byte of every file.
import { describe, expect, test } from "vitest";
import { figure } from "../figures.js";
import {
  isPrefix,
  isSame,
  KINDS,
  outcomeOf,
  specimen,
  type Content,
  type Damage,
  type Image,
  type Specimen,
} from "./damage.js";

const WISH = process.env["PLANLOOM_DAMAGE"] ?? "50";
const SAMPLES = WISH === "all" ? Infinity : Number(WISH);
const SEED = Number(process.env["PLANLOOM_SEED"] ?? 1);
/** A safety net for a busy machine. */
const TEST_MS = SAMPLES > 1_000 ? 3_600_000 : 600_000;

/** Numbers from 0 to below `below` that look random and depend on the seed alone (mulberry32). */
function dice(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

interface Sample {
  readonly image: Image;
  readonly damage: Damage;
}

/** Half cuts, half flips, over all files of all images, or one of each at every byte. */
function* samplesOf({ images }: Specimen): Generator<Sample> {
  const roll = dice(SEED);
  const files = images.flatMap((image) =>
    (["db", "wal"] as const).filter((file) => image[file].length > 0).map((file) => ({ image, file })),
  );
  if (SAMPLES !== Infinity) {
    for (let i = 0; i < SAMPLES; i++) {
      // Every other flip in the text of the closed file: there only checksums and hashes notice it.
      const { image, file } = i % 4 === 1 ? files[0]! : files[roll(files.length)]!;
      const at = i % 4 === 1 ? inText(image[file], roll) : roll(image[file].length);
      yield { image, damage: i % 2 === 0 ? { how: "cut", file, to: at } : { how: "flip", file, at, bit: roll(8) } };
    }
    return;
  }
  for (const { image, file } of files) {
    for (let at = 0; at < image[file].length; at++) {
      yield { image, damage: { how: "flip", file, at, bit: roll(8) } };
      yield { image, damage: { how: "cut", file, to: at } };
    }
  }
}

const isText = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x20 && byte < 0x7f;

/** The place of a byte of some text, if that can be found: most of a small store is room that nobody has used. */
function inText(bytes: Buffer, roll: (below: number) => number): number {
  let at = roll(bytes.length);
  for (let i = 0; i < 50 && !isText(bytes[at]); i++) at = roll(bytes.length);
  return at;
}

interface Tally {
  equal: number;
  prefix: number;
  refused: number;
  readonly wrong: string[];
}

/**
 * What a log may have lost where its files can be read: of a write-ahead log that was cut, any number of commits from
 * its end; where a bit was flipped, the last one, which looks as if it had never been finished.
 */
function mayBe(subject: Specimen, torn: Content, { how, file }: Damage, found: Content): boolean {
  return file === "wal" && (how === "cut" ? isPrefix(subject.content, found) : isSame(torn, found));
}

async function tallyOf(subject: Specimen): Promise<Tally> {
  const tally: Tally = { equal: 0, prefix: 0, refused: 0, wrong: [] };
  const killed = subject.images[1]!;
  const torn = await outcomeOf(killed, { how: "cut", file: "wal", to: killed.wal.length - 1 });
  if (torn.kind !== "read") throw new Error("a torn tail is cut");
  for (const { image, damage } of samplesOf(subject)) {
    const outcome = await outcomeOf(image, damage).catch((error: unknown) => ({ kind: "thrown" as const, error }));
    if (outcome.kind === "refused" && outcome.next !== undefined) tally.refused++;
    else if (outcome.kind === "read" && isSame(outcome.content, subject.content)) tally.equal++;
    else if (outcome.kind === "read" && mayBe(subject, torn.content, damage, outcome.content)) tally.prefix++;
    else tally.wrong.push(`${JSON.stringify(damage)}: ${JSON.stringify(outcome, undefined, 1).slice(0, 300)}`);
  }
  return tally;
}

describe("a damaged store gives what was written, or refuses", () => {
  test.each(KINDS)(
    "%s",
    async (kind) => {
      const subject = await specimen(kind);
      expect(subject.images.map(({ wal }) => wal.length > 0)).toStrictEqual([false, true]);
      const { equal, prefix, refused, wrong } = await tallyOf(subject);
      expect(wrong).toStrictEqual([]);
      expect(equal).toBeGreaterThan(0);
      expect(refused).toBeGreaterThan(0);
      figure("damage", { kind, samples: equal + prefix + refused, equal, prefix, refused, wrong: wrong.length });
    },
    TEST_MS,
  );
});
