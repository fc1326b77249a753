// Compares the definition of a tool that a plan was made with, and the definition that would run now. In: two
// definitions. Out: the differences, the definition that applies, and whether a person must see the differences. Pure.
import { canonicalJson, isObject, type Json } from "./json.js";
import { isControl } from "./label.js";
import { EFFECT_CLASSES, isBuiltin, type ToolSpec } from "./tool-spec.js";

/** `field` is a field of the definition, or a place inside it: `input/to`, `reach/roots`. null: it is not there. */
export interface ToolDifference {
  readonly field: string;
  readonly was: Json;
  readonly is: Json;
}

/** The field of a difference that stands for all that an earlier build did not record. */
export const UNRECORDED = "unrecorded";

/** Whether a call of the tool acts, leaves this machine, or needs a person. */
export const isWatched = ({ effects, egress, approval }: ToolSpec): boolean =>
  effects !== "none" || egress === true || approval === "required";

/** Fields that every build recorded. */
const ALWAYS = ["effects", "approval", "trusted"] as const;
const LATER = ["public", "labels", "egress", "version"] as const;
const REACH = ["roots", "hosts", "open"] as const;

/**
 * What differs, in a fixed order. Texts and schemas of two built-in definitions are not compared, because an upgrade
 * changes them: `version` says whether their meaning has changed. `complete` is false if an earlier build recorded the
 * definition. Then fields that it did not know are not compared. If the tool has effects, one difference says so.
 */
export function toolDifferences(recorded: ToolSpec, present: ToolSpec, complete = true): readonly ToolDifference[] {
  if (recorded === present) return [];
  const later = complete
    ? [
        ...LATER.flatMap((name) => differs(name, recorded[name], present[name])),
        ...differs("content", sorted(recorded.content), sorted(present.content)),
        ...REACH.flatMap((name) => differs(`reach/${name}`, recorded.reach?.[name], present.reach?.[name])),
      ]
    : unrecorded(recorded, present);
  const isProse = isBuiltin(present) && (!complete || isBuiltin(recorded));
  return [...ALWAYS.flatMap((name) => differs(name, recorded[name], present[name])), ...later].concat(
    isProse
      ? []
      : [
          ...differs("description", recorded.description, present.description),
          ...schemaDifferences("input", recorded.input, present.input),
          ...schemaDifferences("output", recorded.output, present.output),
        ],
  );
}

const unrecorded = (recorded: ToolSpec, present: ToolSpec): readonly ToolDifference[] =>
  recorded.effects === "none" && present.effects === "none" ? [] : [{ field: UNRECORDED, was: null, is: null }];

function differs(field: string, was: unknown, is: unknown): readonly ToolDifference[] {
  const [before, now] = [(was ?? null) as Json, (is ?? null) as Json];
  return before === now || canonicalJson(before) === canonicalJson(now) ? [] : [{ field, was: before, is: now }];
}

const sorted = (names: readonly string[] | undefined): readonly string[] | undefined => names && [...names].sort();

/** Differences of single properties where the schema lists them, so that a person sees which argument has changed. */
function schemaDifferences(side: "input" | "output", was: Json | undefined, is: Json | undefined) {
  if (!isObject(was) || !isObject(is)) return differs(side, was, is);
  const { properties: before, ...restBefore } = was;
  const { properties: now, ...restNow } = is;
  const [own, others] = [isObject(before) ? before : {}, isObject(now) ? now : {}];
  const names = [...new Set([...Object.keys(own), ...Object.keys(others)])];
  const rest = [...new Set([...Object.keys(restBefore), ...Object.keys(restNow)])];
  return [
    ...names.flatMap((name) => differs(`${side}/${name}`, own[name], others[name])),
    ...rest.flatMap((name) => differs(`${side} ${name}`, restBefore[name], restNow[name])),
  ];
}

/**
 * The definition that applies to calls from here on: the present one, but nowhere looser than the recorded one. Fields
 * that the recorded one could not have (`complete` is false) count as they are now.
 */
export function strictest(recorded: ToolSpec, present: ToolSpec, complete = true): ToolSpec {
  const effects =
    EFFECT_CLASSES[Math.max(EFFECT_CLASSES.indexOf(recorded.effects), EFFECT_CLASSES.indexOf(present.effects))]!;
  const { trusted, public: isPublic, labels, content: _content, ...rest } = present;
  const content = complete ? contentOfBoth(recorded, present) : present.content;
  return {
    ...rest,
    effects,
    ...(recorded.approval === undefined ? {} : { approval: recorded.approval }),
    ...(recorded.egress === undefined ? {} : { egress: recorded.egress }),
    ...(trusted === true && recorded.trusted === true ? { trusted } : {}),
    ...(isPublic === true && (!complete || recorded.public === true) ? { public: isPublic } : {}),
    ...(labels !== undefined && (!complete || recorded.labels === labels) ? { labels } : {}),
    ...(content === undefined ? {} : { content }),
  };
}

/** The arguments that both definitions only pass on; undefined if both declare nothing. */
function contentOfBoth(recorded: ToolSpec, present: ToolSpec): readonly string[] | undefined {
  if (recorded.content === undefined && present.content === undefined) return undefined;
  const { properties } = present.input;
  const names = isObject(properties) ? Object.keys(properties) : [];
  return names.filter((name) => !isControl(recorded, name) && !isControl(present, name));
}
