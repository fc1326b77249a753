// The fake clock moves only by hand; the system clock keeps its contract for long delays.
import { afterEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "../../src/clock.js";
import { fakeClock } from "../../src/testing/index.js";

describe("a fake clock", () => {
  it("fires what falls due, in order, at its time", async () => {
    const clock = fakeClock(1_000);
    const seen: [string, number][] = [];
    const note = (name: string) => () => void seen.push([name, clock.now()]);
    clock.setTimer(20, note("late"));
    clock.setTimer(10, note("first"));
    clock.setTimer(10, note("second"));
    const cancel = clock.setTimer(15, note("cancelled"));
    cancel();
    expect(clock.pending).toBe(3);
    await clock.advance(19);
    expect(seen).toEqual([
      ["first", 1_010],
      ["second", 1_010],
    ]);
    expect(clock.now()).toBe(1_019);
    await clock.advance(1);
    expect(seen.at(-1)).toEqual(["late", 1_020]);
    expect(clock.pending).toBe(0);
    cancel();
  });

  it("lets promises settle between timers, and fires what they set meanwhile", async () => {
    const clock = fakeClock();
    const seen: number[] = [];
    const sleep = (ms: number) => new Promise<void>((resolve) => void clock.setTimer(ms, resolve));
    const story = (async () => {
      for (let round = 0; round < 3; round++) {
        await sleep(10);
        seen.push(clock.now());
      }
    })();
    await clock.advance(25);
    expect(seen).toEqual([10, 20]);
    await clock.advance(5);
    await story;
    expect(seen).toEqual([10, 20, 30]);
  });

  it("stops a timer that sets itself again without a delay", async () => {
    const clock = fakeClock();
    const again = (): void => void clock.setTimer(0, again);
    again();
    await expect(clock.advance(1)).rejects.toThrow("timers fired");
  });
});

describe("the system clock", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it("waits out a delay that is longer than setTimeout can count", () => {
    vi.useFakeTimers();
    const fired: string[] = [];
    const days = 24 * 60 * 60_000;
    systemClock.setTimer(60 * days, () => fired.push("long"));
    const cancel = systemClock.setTimer(40 * days, () => fired.push("cancelled"));
    vi.advanceTimersByTime(30 * days);
    cancel();
    vi.advanceTimersByTime(29 * days);
    expect(fired).toEqual([]);
    vi.advanceTimersByTime(1 * days);
    expect(fired).toEqual(["long"]);
  });
});
