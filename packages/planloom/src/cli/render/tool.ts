// Shows one tool. In: its definition. Out: lines with its arguments, its output, its effects and labels.
import type { ToolSpec } from "../../plan/tool-spec.js";
import {
  argumentFacts,
  outputFacts,
  outputType,
  toolSentences,
  type ArgumentFact,
  type FieldFact,
} from "../../words/tool-facts.js";
import { oneLine, paint } from "../style.js";

export function toolLines(spec: ToolSpec): readonly string[] {
  const [given, got] = [argumentFacts(spec), outputFacts(spec)];
  return [
    paint("bold", spec.name),
    `  ${oneLine(spec.description, 2_000)}`,
    "",
    "arguments",
    ...(given.length === 0 ? ["  none"] : given.map((fact) => fieldLine(fact, control(fact)))),
    "",
    `output: ${oneLine(outputType(spec), 400)}`,
    ...got.filter(({ about }) => about !== "").map((fact) => fieldLine(fact, "")),
    "",
    ...toolSentences(spec, true).map((text) => oneLine(text, 2_000)),
  ];
}

const control = ({ isControl }: ArgumentFact): string => (isControl ? "" : ", only passed on");

function fieldLine({ name, type, isNeeded, about }: FieldFact, more: string): string {
  const head = `  ${oneLine(name, 80)}${isNeeded ? "" : "?"}: ${oneLine(type, 400)}${more}`;
  return about === "" ? head : `${head}. ${oneLine(about, 2_000)}`;
}
