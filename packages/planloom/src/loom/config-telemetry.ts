// What watches runs: `telemetry` and `logger` of a configuration. In: the values as given. Out: what is wrong with them.
import type { Logger } from "../telemetry/logger.js";
import type { TelemetryConfig } from "../telemetry/open-telemetry.js";
import { isTexts, type SettingChecks } from "./config-value.js";

const KEYS_OF_TELEMETRY: Record<keyof TelemetryConfig, true> = {
  api: true,
  tracerProvider: true,
  meterProvider: true,
  content: true,
  propagateTo: true,
};

const has = (value: unknown, ...names: readonly string[]): boolean =>
  (typeof value === "object" || typeof value === "function") && value !== null && names.every((name) => name in value);

export function knownTelemetry(given: TelemetryConfig | undefined, check: SettingChecks): void {
  if (given === undefined) return;
  const wanted = { is: "telemetry" } as const;
  if (typeof given !== "object" || given === null) return check.wrong("telemetry", given, wanted);
  const { api, tracerProvider, meterProvider, content, propagateTo } = check.record(
    "telemetry.",
    given,
    KEYS_OF_TELEMETRY,
  );
  if (!has(api, "trace", "metrics", "context", "ROOT_CONTEXT")) check.wrong("telemetry.api", api, wanted);
  if (tracerProvider !== undefined && !has(tracerProvider, "getTracer"))
    check.wrong("telemetry.tracerProvider", tracerProvider, wanted);
  if (meterProvider !== undefined && !has(meterProvider, "getMeter"))
    check.wrong("telemetry.meterProvider", meterProvider, wanted);
  check.yesOrNo("telemetry.content", content, false);
  if (propagateTo !== undefined && !(isTexts(propagateTo) && propagateTo.every(isHttp)))
    check.wrong("telemetry.propagateTo", propagateTo, { is: "origins" });
}

const isHttp = (address: string): boolean => URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);

export function knownLogger(given: Logger | undefined, check: SettingChecks): void {
  if (given !== undefined && !has(given, "debug", "info", "warn", "error"))
    check.wrong("logger", given, { is: "logger" });
}
