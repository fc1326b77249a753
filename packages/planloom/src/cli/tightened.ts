// The part of a configuration that counts although its folder is not trusted. In: a configuration that was found. Out:
// the settings that make a run stricter than the defaults, and the names of the others. Such a file cannot send data or
// keys anywhere, name a model or a price, or reach a folder outside of its own.
import { LIMITS } from "../limits.js";
import type { LoomConfig } from "../loom/config.js";
import { isInside } from "../files/project.js";
import { storeFileFault } from "../store/store-file.js";

interface Part {
  /** undefined for nothing. */
  readonly value?: unknown;
  /** The settings that do not count. */
  readonly left: readonly string[];
}

type Rule<Value> = (value: Value, name: string, folder: string) => Part;

const never: Rule<unknown> = (_value, name) => ({ left: [name] });

const only =
  <Value>(allowed: (value: Value, folder: string) => boolean): Rule<Value> =>
  (value, name, folder) =>
    allowed(value, folder) ? { value, left: [] } : { left: [name] };

const always: Rule<unknown> = only(() => true);

const oneOf = (...values: readonly unknown[]): Rule<unknown> => only((value) => values.includes(value));

const atMost = (most: number): Rule<number> => only((value) => value <= most);

const inFolder: Rule<string> = (value, name, folder) =>
  isInside(value, folder) ? { value, left: [] } : { left: [`${name} (${value})`] };

/** Applies a rule to each key of a record. A key without a rule does not compile. */
const each =
  <Value extends object>(rules: { readonly [Key in keyof Value]-?: Rule<NonNullable<Value[Key]>> }): Rule<Value> =>
  (value, name, folder) => {
    const parts = Object.entries(value)
      .filter(([, given]) => given !== undefined)
      .map(([key, given]) => {
        const rule = rules[key as keyof Value] as Rule<unknown>;
        return [key, rule(given, name === "" ? key : `${name}.${key}`, folder)] as const;
      });
    const kept = parts.filter(([, part]) => part.value !== undefined).map(([key, part]) => [key, part.value] as const);
    const left = parts.flatMap(([, part]) => part.left);
    return kept.length === 0 ? { left } : { value: Object.fromEntries(kept), left };
  };

type Builtins = NonNullable<LoomConfig["builtins"]>;

/** The roots inside of the folder. Without any, there are no file tools. `allow` would open closed files. */
const files: Rule<NonNullable<Builtins["files"]>> = ({ roots, allow, ...rest }, name, folder) => {
  const inside = roots.filter((root) => isInside(root, folder));
  const left = roots.filter((root) => !inside.includes(root)).map((root) => `${name}.roots (${root})`);
  if (allow !== undefined) left.push(`${name}.allow`);
  return inside.length === 0 ? { left } : { value: { ...rest, roots: inside }, left };
};

const search: Rule<NonNullable<Builtins["search"]>> = (value, name, folder) => {
  if (!("folder" in value)) return { left: Object.keys(value).map((key) => `${name}.${key}`) };
  const part = inFolder(value.folder, `${name}.folder`, folder);
  return part.value === undefined ? part : { value, left: [] };
};

/** The files inside of the folder. Each change of them waits for a person in any case. */
const sql: Rule<NonNullable<Builtins["sql"]>> = ({ databases, ...rest }, name, folder) => {
  const files = Object.entries(databases);
  const inside = files.filter(([, file]) => isInside(file, folder));
  const left = files
    .filter(([, file]) => !isInside(file, folder))
    .map(([key, file]) => `${name}.databases.${key} (${file})`);
  return inside.length === 0 ? { left } : { value: { ...rest, databases: Object.fromEntries(inside) }, left };
};

const RULES: Rule<LoomConfig> = each<LoomConfig>({
  tools: never,
  storedContext: never,
  resolveContext: never,
  builtins: each<Builtins>({ files, fetch: oneOf(false), search, sql, http: never }),
  mcp: never,
  secrets: never,
  models: never,
  executors: never,
  planner: each<NonNullable<LoomConfig["planner"]>>({ granularity: always, critique: always, scout: never }),
  prices: never,
  store: only((store, folder) => typeof store === "string" && isOwnStore(store, folder)),
  sync: oneOf("power"),
  engine: never,
  limiter: never,
  webhook: never,
  telemetry: never,
  logger: never,
  retention: never,
  concurrency: atMost(LIMITS.concurrency),
  budget: always,
  approval: oneOf("always", "effects"),
  guard: oneOf("ask"),
  attended: always,
  onFailure: oneOf("fail", "patch"),
  answer: each<NonNullable<LoomConfig["answer"]>>({
    onFailure: always,
    critique: atMost(LIMITS.critiqueRounds),
    critic: always,
  }),
  judge: always,
  replan: oneOf("never", "on-failure"),
  replanContext: oneOf("codes", "excerpt"),
  eager: always,
  strategy: oneOf("plan"),
  strategies: always,
  playbooks: never,
  limits: each<NonNullable<LoomConfig["limits"]>>({
    steps: atMost(LIMITS.steps),
    planBytes: atMost(LIMITS.planBytes),
    offeredTools: atMost(LIMITS.offeredTools),
    turns: atMost(LIMITS.turns),
    fanOut: atMost(LIMITS.fanOut),
    repairRounds: atMost(LIMITS.repairRounds),
    rejections: atMost(LIMITS.rejections),
    approvalMs: atMost(LIMITS.approvalMs),
    replans: atMost(LIMITS.replans),
    replanTokens: always,
    replanCostUsd: always,
  }),
});

/** A file in the folder. "memory" is left out: it would keep no record of what has acted. */
const isOwnStore = (store: string, folder: string): boolean =>
  store !== "memory" && !store.includes("://") && storeFileFault(store, folder) === undefined;

/**
 * `config` must be a sound one: see settingsOf. Its paths are absolute. A result that lets plans write files asks for
 * approval too: a program's default would not.
 */
export function tightened(
  config: LoomConfig,
  folder: string,
): { readonly config: LoomConfig; readonly left: readonly string[] } {
  const { value = {}, left } = RULES(config, "", folder);
  const kept = value as LoomConfig;
  return { config: kept.builtins?.files?.write === true ? { approval: "effects", ...kept } : kept, left };
}
