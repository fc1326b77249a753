// Opens what watches the runs of a loom. In: `telemetry` and `logger` of a configuration. Out: the parts that are put
// over its engine, its store and its calls. Loaded only if a configuration has one of the two.
import { readFileSync } from "node:fs";
import type { Engine } from "../engine/engine.js";
import type { Perform } from "../engine/perform-port.js";
import type { PriceOf } from "../plan/estimate/price.js";
import type { CallWatch } from "../perform/services.js";
import type { EventStore } from "../store/event-store.js";
import { quietLogger, RunLogger, type Logger } from "./logger.js";
import { observedStore, observers } from "./observer.js";
import type { TelemetryConfig } from "./open-telemetry.js";
import { Telemetry } from "./telemetry.js";

/** What is put over the parts of a loom. */
export interface Watch {
  readonly calls?: CallWatch;
  store(store: EventStore): EventStore;
  perform(perform: Perform): Perform;
  engine(engine: Engine): Engine;
}

export function openWatch(
  { telemetry, logger }: { readonly telemetry?: TelemetryConfig; readonly logger?: Logger },
  given: { readonly priceOf: PriceOf; readonly clean: (text: string) => string },
): Watch {
  const quiet = logger && quietLogger(logger);
  const tell = (message: string): void => {
    if (quiet === undefined) process.emitWarning(message, { code: "TELEMETRY_FAILED" });
    else quiet.warn({ code: "TELEMETRY_FAILED" }, message);
  };
  const traced = telemetry && new Telemetry(telemetry, { ...given, version: ownVersion(), tell });
  const all = observers([...(traced ? [traced] : []), ...(quiet ? [new RunLogger(quiet)] : [])]);
  return {
    ...(traced && { calls: traced.calls }),
    store: (store) => observedStore(store, all),
    perform: (perform) => traced?.perform(perform) ?? perform,
    engine: (engine) => traced?.engine(engine) ?? engine,
  };
}

/** The version of the instrumentation. A bundle has no package around it. */
function ownVersion(): string {
  try {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
      readonly version?: unknown;
    };
    return typeof version === "string" ? version : "";
  } catch {
    return "";
  }
}
