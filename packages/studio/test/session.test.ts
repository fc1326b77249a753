// What the sign-in page says after a session: it ended, however many requests are refused.
import { expect, test } from "vitest";
import { session, sessionHeld, sessionRefused } from "../src/api/session.js";

test("a session that stood has ended, also for the second request that is refused", () => {
  session.set("unknown");
  sessionRefused();
  expect(session.get()).toBe("missing");
  sessionHeld();
  sessionRefused();
  sessionRefused();
  expect(session.get()).toBe("ended");
});
