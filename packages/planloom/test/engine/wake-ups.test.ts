// Checks when the timers of a run fire while the clock of the machine moves. A timer counts ms, and not the time of day.
import { expect, test } from "vitest";
import type { Clock } from "../../src/clock.js";
import { WakeUps } from "../../src/engine/wake-ups.js";

/** `pass` lets ms pass. `day` is the time of day, which anybody may set. */
function machine() {
  const timers: { left: number; readonly fn: () => void }[] = [];
  const state = { day: 1_000_000 };
  const clock: Clock = {
    now: () => state.day,
    setTimer: (ms, fn) => {
      const timer = { left: ms, fn };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), timers.includes(timer) ? 1 : 0);
    },
  };
  const pass = (ms: number): void => {
    state.day += ms;
    for (const timer of timers) timer.left -= ms;
    for (const timer of timers.filter(({ left }) => left <= 0)) {
      timers.splice(timers.indexOf(timer), 1);
      timer.fn();
    }
  };
  return { state, clock, pass, timers };
}

const HOUR = 3_600_000;

test("a time that was waited for comes, although the clock is set back and other inputs arrive", () => {
  const { state, clock, pass } = machine();
  const woken: number[] = [];
  const wakeUps = new WakeUps(clock, 0, (dueAt) => woken.push(dueAt));
  const due = state.day + 1000;
  wakeUps.set(due, new Set([due]), state.day);
  pass(400);
  state.day -= HOUR;
  wakeUps.set(due, new Set([due]), state.day);
  pass(599);
  expect(woken).toEqual([]);
  pass(1);
  expect(woken).toEqual([due]);
});

test("a time that was decided just before the clock is set back is waited for no longer than its delay", () => {
  const { state, clock, pass } = machine();
  const woken: number[] = [];
  const wakeUps = new WakeUps(clock, 0, (dueAt) => woken.push(dueAt));
  const decidedAt = state.day;
  state.day -= HOUR;
  wakeUps.set(decidedAt + 2000, new Set([decidedAt + 2000]), decidedAt);
  pass(2000);
  expect(woken).toEqual([decidedAt + 2000]);
});

test("a process that is behind the log waits no longer than the delay that the log holds", () => {
  const { state, clock, pass } = machine();
  const woken: number[] = [];
  const recordedAt = state.day + HOUR;
  const wakeUps = new WakeUps(clock, recordedAt, (dueAt) => woken.push(dueAt));
  wakeUps.set(recordedAt + 500, new Set(), state.day);
  pass(500);
  expect(woken).toEqual([recordedAt + 500]);
});

test("what is not due any more wakes nobody", () => {
  const { state, clock, pass, timers } = machine();
  const wakeUps = new WakeUps(clock, 0, () => expect.unreachable());
  const due = state.day + 10;
  wakeUps.set(due, new Set([due]), state.day);
  wakeUps.set(Infinity, new Set(), state.day);
  expect(timers).toEqual([]);
  wakeUps.set(due, new Set([due]), state.day);
  wakeUps.clear();
  pass(10);
});
