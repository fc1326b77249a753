// The words of findings on tools, references, types and the order of steps. In: parameters. Out: what is wrong, and
// what to write instead.
import { misfitProblem } from "../run/failure.js";
import { byCase } from "./by-case.js";
import type { DataParams, Instead } from "../plan/finding-params.js";
import type { FindingTable } from "./finding-words.js";
import { andList, counted, gistText, orList, quoted, withMore } from "./phrases.js";
import { expressionProblemText, typeProblemText } from "./problems.js";
import { problemText } from "./reply-problems.js";
import { SET_UP } from "./set-up.js";

const MAKE_IT = "Name one that exists, or make it in an earlier step.";

/** A planner reads no name that could be a sentence: names of files may come from anybody. */
const isPlainName = (name: string): boolean => /^[\p{L}\p{N}._/-]{1,100}$/u.test(name);

function knownTools({ near, tools, of }: DataParams["UNKNOWN_TOOL"]): string {
  if (near.length > 0) return `Did you mean ${orList(near)}?`;
  return of === 0
    ? "No tools are available; write an agent step."
    : `The ${of === 1 ? "only tool is" : "tools are"} ${withMore(tools, of - tools.length)}.`;
}

function knownExecutors({ near, executors }: DataParams["UNKNOWN_EXECUTOR"]): string {
  if (near.length > 0) return `Did you mean ${orList(near)}?`;
  return executors.length === 0
    ? "Leave executor out: no executors have names."
    : `Write ${orList(executors)}, or leave executor out.`;
}

/** For people: a tool of an MCP server whose server is missing, or that is named without its server. */
function serversText({ tool, server, unopened = [] }: DataParams["UNKNOWN_TOOL"]): string {
  if (server !== undefined)
    return ` If ${server} is an MCP server, give --mcp ${server}="COMMAND", or set mcp.${server} in the configuration.`;
  const [first] = unopened;
  if (first === undefined) return "";
  const servers = `${unopened.length === 1 ? "the server" : "the servers"} ${andList(unopened)}`;
  const example = isPlainName(tool) ? `, as in ${first}.${tool}` : "";
  return ` Tools of ${servers} have the name of their server in front${example}.`;
}

export const DATA: FindingTable<keyof DataParams> = {
  UNKNOWN_TOOL: {
    message: ({ tool }) => `There is no tool ${quoted(tool)}.`,
    fix: (params) => `${knownTools(params)}${serversText(params)}`,
    plannerFix: knownTools,
  },
  SERVER_NOT_OPENED: {
    message: ({ tool, server }) =>
      `The server ${quoted(server)} was not asked for its tools yet, so it is not known whether it has ${quoted(tool)}.`,
    fix: () => "Call `await loom.tools({ plan })` first. It starts the servers that the plan names.",
    plannerFix: () => "Plan without it.",
  },
  TOOL_NOT_SET_UP: {
    message: ({ tool, meant }) =>
      tool === meant
        ? `The tool ${tool} is built in, but it is not set up here.`
        : `There is no tool ${quoted(tool)}. The built-in ${meant} does that, but it is not set up here.`,
    fix: ({ tool, meant, setting, near }) => {
      const how = tool === meant ? sentence(SET_UP[setting]) : `Write ${meant}, and ${SET_UP[setting]}.`;
      return near.length === 0 ? `${how} Or plan without it.` : `${how} Or use ${orList(near)}, which is there.`;
    },
    plannerFix: ({ near }) =>
      near.length === 0 ? "Plan without it." : `Use ${orList(near)}, which is there, or plan without it.`,
  },
  LONG_INTEGER: {
    message: ({ digits, becomes }) =>
      digits === undefined
        ? `An integer has more digits than a number can hold, and would become ${becomes}.`
        : `${digits} has more digits than a number can hold, and would be rounded.`,
    fix: ({ digits }) =>
      digits === undefined
        ? "Write its digits in quotes, where a text is accepted. A tool that takes such numbers needs a text argument."
        : `Write "${digits}" in quotes, where a text is accepted. A tool that takes such numbers needs a text argument.`,
  },
  MISSING_ARGUMENT: {
    message: ({ tool, argument, type }) => `The tool ${tool} needs the argument ${argument} (${type}).`,
    fix: ({ argument }) => `Add ${argument} to with, or write fill with an instruction from which a model writes it.`,
  },
  STATE_MISSING: {
    message: ({ tool, what }) => `${tool} needs ${what}, which does not exist.`,
    fix: ({ near }) => (near.length === 0 ? MAKE_IT : `Did you mean ${orList(near.map(quoted))}? Or: ${MAKE_IT}`),
    plannerFix: ({ near }) => {
      const plain = near.filter(isPlainName);
      return plain.length === 0 ? MAKE_IT : `Did you mean ${orList(plain.map(quoted))}? Or: ${MAKE_IT}`;
    },
  },
  PRECHECK_FAILED: {
    message: (params) =>
      params.why === "late"
        ? `${params.tool} did not say within ${params.ms} ms whether what the call needs exists.`
        : `${params.tool} could not say whether what the call needs exists (${params.text}).`,
    fix: () => "Nothing has to change: the call itself will show it.",
  },
  UNKNOWN_ARGUMENT: {
    message: ({ tool, argument }) => `The tool ${tool} has no argument ${quoted(argument)}.`,
    fix: ({ near, arguments: names }) => {
      if (near.length > 0) return `Did you mean ${orList(near)}?`;
      return names.length === 0 ? "Leave it out." : `Its arguments are ${names.join(", ")}.`;
    },
  },
  ARGUMENT_TYPE: {
    message: ({ argument, tool, path, found, wanted }) => {
      const what = `The argument ${argument}${tool === undefined ? "" : ` of ${tool}`}`;
      const is = "type" in found ? found.type : gistText(found);
      return `${what}${path === undefined ? "" : ` at ${path}`} is ${is}, and must be ${wanted}.`;
    },
    fix: ({ found, wanted, instead }) => {
      if (instead !== undefined) return insteadText(instead);
      return "type" in found ? `Refer to a value of type ${wanted}.` : `Write a value of type ${wanted}.`;
    },
  },
  UNKNOWN_REFERENCE: {
    message: (params) => {
      if (!("written" in params)) return `There is no step ${quoted(params.name)}.`;
      const { written, first, counted: from } = params;
      const says =
        from === undefined ? "" : ` The steps are numbered from ${first}, and this looks counted from ${from}.`;
      return `${written} refers to a step, and no step has that name.${says}`;
    },
    fix: (params) => {
      if ("written" in params) return "Write ${{ id }} with the id of the step whose output is meant.";
      if ("meant" in params) return MEANT[params.meant](params.name);
      if (params.near.length > 0) return `Did you mean ${orList(params.near)}?`;
      return params.steps.length === 0
        ? "There is nothing to refer to but inputs."
        : `The steps are ${params.steps.join(", ")}; inputs are inputs.name.`;
    },
  },
  AMBIGUOUS_REFERENCE: {
    message: ({ written, why }) =>
      why === "money"
        ? `${written} may be an amount of money, or the output of a step.`
        : `${written} stands in quotes inside an expression.`,
    fix: () => "Write ${{ id }} for the output of a step, or write plain text that is not the name of a step.",
  },
  REFERENCE_LIKE_TEXT: {
    message: ({ written }) => `${quoted(written)} looks like a reference, and would be used as plain text.`,
    fix: ({ written, source, steps }) => {
      const same = `For exactly this text write \${{ ${JSON.stringify(written)} }}.`;
      if (source !== undefined) return `Write \${{ ${source} }}. ${same}`;
      if (steps.length === 0) return `Write the value itself, or \${{ inputs.name }} for an input. ${same}`;
      const outputs = orList(steps.map((id) => `\${{ ${id} }}`));
      return `Write the value itself, or ${outputs} with the field that is meant. ${same}`;
    },
  },
  SELF_REFERENCE: {
    message: ({ step, in: place }) =>
      place === "dependsOn" ? `The step ${step} depends on itself.` : `The step ${step} refers to itself.`,
    fix: ({ in: place }) => {
      if (place === "dependsOn") return "Leave it out.";
      return place === "expect" ? "Write output for what this step gives." : "Refer to an earlier step.";
    },
  },
  REFERENCE_PLACE: {
    message: () => "A reference stands in a text that is not data.",
    fix: () => "Put the reference into with, and name that field here. Write $${{ for a literal ${{.",
  },
  BAD_EXPRESSION: {
    message: ({ problem, near }) => {
      if (problem.kind === "not-whole") return "This must be one whole expression with nothing around it.";
      return (
        `The reference cannot be read${near === undefined ? "" : ` at ${quoted(near)}`}: ` +
        `${expressionProblemText(problem)}.`
      );
    },
    fix: ({ problem, instead }) => {
      if (instead !== undefined) return `Write ${instead}.`;
      return problem.kind === "not-whole"
        ? "Write ${{ ... }} around all of it."
        : "Write ${{ step.field }}, or $${{ for a literal ${{.";
    },
  },
  PATH_NOT_IN_TYPE: {
    message: (params) =>
      "source" in params
        ? `${params.source} may be ${params.type}, which has no ${params.field}.`
        : `There is no ${params.field} in ${params.type}.`,
    fix: (params) => {
      if ("source" in params) return "Test which one it is first.";
      const { field, near, fields, list, instead } = params;
      if (instead !== undefined) return `Write ${instead}.`;
      if (list) return `Take one element ([0].${field}) or all of them (.map(x, x.${field})).`;
      if (near.length > 0) return `Use ${near.join(" or ")}.`;
      return fields.length > 0 ? `It has ${fields.join(", ")}.` : "Use the value itself.";
    },
  },
  TYPE_MISMATCH: {
    message: byCase("kind", {
      index: ({ type, by }) => `${type} cannot be indexed with ${by}.`,
      combine: ({ op, always, left, right }) =>
        `${op} ${always ? "cannot" : "may be unable to"} combine ${left} and ${right}.`,
      need: ({ by, wanted, source, type, always }) =>
        `${userText(by)} needs ${wanted}; ${source} ${always ? "is" : "may be"} ${type}.`,
    }),
    fix: byCase("kind", {
      index: () => "Index a list with a number and a record with a field name.",
      combine: ({ text }) => (text ? "Make text of the other side with string(…)." : "Give both sides the same type."),
      need: ({ wanted }) => `Give it a ${wanted}${wanted === "string" ? ", for example with string(…)" : ""}.`,
    }),
  },
  CONDITION_NOT_BOOLEAN: {
    message: ({ type }) => `The condition is ${type}, and must be true or false.`,
    fix: ({ compare }) => `Compare it, for example ${COMPARISON[compare]}.`,
  },
  PROSE_NOT_JUDGED: {
    message: ({ step, because }) =>
      because === "ask"
        ? `A person gives the output of ${step}, so no model judges it by an expect in prose.`
        : `The expect of ${step} is prose, and there is no model to judge the output by it.`,
    fix: ({ because }) =>
      because === "ask"
        ? "Leave expect out, put it into the question, or write a condition in ${{ }}."
        : "Write a condition in ${{ }}, or set the model that judges: the executor's, or that of `judge`.",
    plannerFix: () => "Write a condition in ${{ }}, or leave expect out.",
  },
  CRITIQUE_UNUSED: {
    message: ({ because }) =>
      because === "value"
        ? "The answer is computed, so no critic judges it."
        : "No model writes the answer, so no critic judges it.",
    fix: ({ because }) =>
      because === "value"
        ? "Leave critique out, or answer with `from`."
        : "Leave critique out, or set a synthesizer model.",
  },
  FOREACH_NOT_A_LIST: {
    message: ({ type }) => `forEach needs a list, and this is ${type}.`,
    fix: ({ instead }) =>
      instead === undefined
        ? "Refer to a step whose output is a list, or declare its output as one."
        : insteadText(instead),
  },
  REPEAT_PLACE: {
    message: ({ beside }) =>
      beside === "ask" ? "A step that asks a person has no rounds." : "A step has repeat or forEach, not both.",
    fix: ({ beside }) =>
      beside === "ask"
        ? "Leave out repeat. Ask once, and let a step after it repeat."
        : "Leave out one of them. To repeat for each item, give the work of an item to an agent step.",
  },
  UNTIL_NEVER_CHANGES: {
    message: () => "until reads nothing that a round changes, so the rounds end after the first, or only with most.",
    fix: () => "Let it read the output of the round, for example ${{ output.score >= 8 }}.",
  },
  ROUNDS_ALIKE: {
    message: ({ step, tool }) =>
      tool === undefined
        ? `Each round of step ${step} asks the model the same, because its data has nothing of the round before.`
        : `Each round of step ${step} makes the same call of ${tool}.`,
    fix: () => "Give it the output of the round before, ${{ previous }}, which is null in the first round.",
  },
  NULL_IN_TEXT: {
    message: ({ source, always }) => `${source} ${always ? "is" : "may be"} null, and null has no place inside a text.`,
    fix: ({ source }) => `Write \${{ ${source} == null ? "none" : ${source} }} with a text for the missing value.`,
  },
  POSSIBLY_NULL: {
    message: (params) => {
      if ("op" in params) return `${params.op} may be unable to combine ${params.left} and ${params.right}.`;
      if ("by" in params) return `${params.source} may be null, and ${userText(params.by)} needs ${params.wanted}.`;
      const { source, field } = params;
      return `${source} may be null${field === undefined ? "" : `, and null has no ${field}`}.`;
    },
    fix: (params) => {
      if ("op" in params) return "Test for null first: x == null ? … : ….";
      const use = "use" in params ? params.use : params.source;
      return `Write ${params.source} == null ? … : ${use}, or make sure that it is not null.`;
    },
  },
  INTEGER_DIVISION: {
    message: () => "Dividing two integers drops the fraction.",
    fix: ({ left }) => `Write double(${left}) / … if the fraction matters.`,
  },
  MAY_BE_SKIPPED: {
    message: ({ skipped, step }) => {
      const them = skipped.length === 1 ? "it" : "them";
      return step === undefined
        ? `${andList(skipped)} may be skipped, and the answer would be without ${them}.`
        : `${andList(skipped)} may be skipped, and ${step} would be skipped with ${them}.`;
    },
    fix: ({ skipped: [first = "", ...others] }) =>
      `To go on without ${orList([first, ...others])}, write a fallback: \${{ ${first} == null ? ... : ${first} }}.`,
  },
  UNKNOWN_DEPENDENCY: {
    message: ({ name }) => `There is no step ${quoted(name)}.`,
    fix: ({ near, steps }) => {
      if (near.length > 0) return `Did you mean ${orList(near)}?`;
      return steps.length === 0 ? "Leave it out." : `Leave it out, or name one of ${steps.join(", ")}.`;
    },
  },
  CYCLE: {
    message: ({ path }) => `These steps wait for each other: ${path.join(" -> ")}.`,
    fix: () => "Take one of these references or dependencies out.",
  },
  CONTRADICTING_ORDER: {
    message: ({ from, to, path }) =>
      `${from} depends on ${to}, but ${to} takes data that comes from ${from}: ${path.join(" -> ")}.`,
    fix: ({ from, to }) => `Take ${to} out of dependsOn of ${from}.`,
  },
  UNKNOWN_INPUT: {
    message: (params) =>
      "given" in params
        ? `The run is given an input ${quoted(params.name)} that the plan does not declare.`
        : `There is no input ${quoted(params.name)}.`,
    fix: (params) => {
      const { name, near } = params;
      if ("given" in params)
        return near.length > 0 ? `Did you mean ${orList(near)}?` : "Declare it under inputs if the plan uses it.";
      if (near.length > 0) return `Did you mean inputs.${near[0]}?`;
      return params.inputs.length > 0
        ? `The inputs are ${params.inputs.join(", ")}.`
        : `Declare it: "inputs": { "${name}": { "type": "string" } }.`;
    },
  },
  MISSING_INPUT: {
    message: ({ name }) => `The run has no value for the input ${name}.`,
    fix: ({ name, type, near }) =>
      `${near.length > 0 ? `You gave ${orList(near)}; give` : "Give"} ${name} (${type}), or write a default.`,
  },
  INPUT_TYPE: {
    message: ({ name, of, path, found, wanted }) => {
      const what = of === "default" ? `The default of ${name}` : `The input ${name}`;
      return `${what} is ${gistText(found)}${path === undefined ? "" : ` at ${path}`}, and must be ${wanted}.`;
    },
    fix: ({ type, of, path, example, found, wanted }) => {
      const isBare = found.kind === "number" || found.kind === "boolean";
      if (isBare && of === "default" && /^string(?: \| null)?$/.test(wanted))
        return `Write it in quotes: ${path === undefined ? "default: " : ""}"${String(found.value)}".`;
      const isLong = found.kind === "string" && /^-?\d{16,}$/.test(String(found.value));
      if (isLong && /\b(?:number|integer)\b/.test(wanted))
        return "A number cannot hold these digits. Declare the input as string, and its digits are kept.";
      return `Give a value of type ${type}${example === undefined || example === type ? "" : `, such as ${example}`}.`;
    },
  },
  BAD_TYPE: {
    message: (params) =>
      "problem" in params
        ? `The type cannot be read: ${typeProblemText(params.problem)}.`
        : `No value is of the type ${params.type}, so the ${params.of === "answer" ? "run" : "step"} could never end.`,
    fix: (params) => {
      if (!("problem" in params))
        return params.of === "answer"
          ? "Write a type that a value can have, for example string[]."
          : "Write the type of what the step gives, for example string or null.";
      return params.of === "input"
        ? "Write a type such as string, number or { name: string }[]."
        : 'Write a type such as "string", "number[]" or "{ name: string, revenueUsd: number | null }[]".';
    },
  },
  OUTPUT_DESCRIBED: {
    message: ({ words, tool }) =>
      tool === undefined
        ? `${quoted(words)} describes the output and is no type, so the type of the output is unknown. Nothing checks it.`
        : `${quoted(words)} describes the output and is no type. The output has the type that ${tool} declares.`,
    fix: ({ tool }) =>
      tool !== undefined
        ? "Leave output out."
        : 'For a checked output write a type, for example "string[]" or "{ name: string, count: number }[]".',
  },
  OUTPUT_TYPE: {
    message: ({ tool, gives, declared }) => `The tool ${tool} gives ${gives}, which can never be ${declared}.`,
    fix: () => "Leave output out on a tool step, or write a type that narrows the tool's.",
  },
  ANSWER_TYPE: {
    message: (params) => {
      const wanted = params.by === "run" ? "the type of the answer that the run wants" : "the type of the answer";
      if ("problem" in params) return `The value does not fit ${wanted}: ${problemText(misfitProblem(params.problem))}`;
      const { gives } = params;
      if (params.is === "type")
        return `The answer has the type ${gives}, which can never be ${params.wanted}: the run wants that.`;
      return params.is === "value"
        ? `The value is of the type ${gives}, which does not fit ${wanted}: ${params.wanted}.`
        : `The outputs are of the type ${gives}, which does not fit ${wanted}: ${params.wanted}. No model writes the answer.`;
    },
    fix: ({ by, is }) => {
      if (is === "type") return "Leave answer.type out: the run checks its own type.";
      if (is === "value") return `Write a value of that type${by === "plan" ? ", or correct answer.type" : ""}.`;
      return "Give answer.value with references that make a value of that type, or set a model for the synthesizer.";
    },
  },
  UNKNOWN_STEP: {
    message: ({ name }) => `There is no step ${name}.`,
    fix: ({ steps }) => `The steps are ${steps.join(", ")}.`,
  },
  TOOL_NOT_GIVEN: {
    message: ({ step, tools, approval }) =>
      approval === true
        ? `${step} names ${andList(tools)}, which a person must approve: an agent step does not get such tools.`
        : `${step} names ${andList(tools)}, and may use no tools.`,
    fix: ({ tools, approval }) =>
      approval === true
        ? `Write a tool step for each call: tool: ${tools.join(" or ")}.`
        : `Write tools: [${tools.join(", ")}], or tools: all. A call by itself is a tool step.`,
  },
  NO_TEXT: {
    message: ({ text }) => `The text ${quoted(text)} does not say what to do.`,
    fix: () => "Say what to do with which data, and what to give back.",
  },
  STEP_MIXES: {
    message: ({ step, reads, acts, leaves }) =>
      leaves === true
        ? `${step} reads private data with ${reads.join(", ")} and sends requests with ${acts.join(", ")}: after it has ` +
          "read untrusted text, each such request waits for a person."
        : `${step} reads what others wrote with ${reads.join(", ")} and acts with ${acts.join(", ")}: each call that acts ` +
          "after that waits for a person.",
    fix: ({ step, reads, acts }) =>
      `Split it: ${step}_read, an agent step with the tools ${reads.join(", ")} and a typed output; then a tool step ` +
      `for each call of ${acts.join(", ")}, which refers to that output.`,
  },
  UNUSED_STEP: {
    message: ({ step }) => `Nobody uses the output of ${step}: no step refers to it, and the answer leaves it out.`,
    fix: ({ step, text }) =>
      text === undefined
        ? `Add ${step} to the answer, refer to it, or take the step out.`
        : `Refer to it at ${text}, where a text looks like a reference; or take the step out.`,
  },
  NO_ORDER: {
    message: ({ steps }) => `No step waits for another one, and none gets the output of another: ${steps.join(", ")}.`,
    fix: () =>
      "Name in dependsOn the steps that each step waits for and reads. If they are independent, name all of them in " +
      "answer.from.",
  },
  NO_HANDOFF: {
    message: ({ step }) => `${step} gets nothing from any step, and no step gets anything from it.`,
    fix: () => "Say what it gets: refer to the steps in with, or name them in dependsOn.",
  },
  OVER_DECOMPOSED: {
    message: (params) =>
      "chain" in params
        ? `${params.chain.join(", ")} are ${params.chain.length} model calls in a row. Each only hands its text to ` +
          "the next."
        : `The plan has ${params.steps} steps; it should have ${params.least} to ${params.most}.`,
    fix: (params) =>
      "chain" in params
        ? "Write them as one agent step, or give those that need them tools, an output type or an expect."
        : "Write one step with forEach for those that are alike, and one agent step for those that only make sense " +
          "together.",
  },
  UNDER_DECOMPOSED: {
    message: ({ things, steps }) =>
      `The goal names ${things} things to do, and ${
        steps === 1 ? "one agent step does" : `${counted(steps, "agent step")} do`
      } all of them.`,
    fix: () => "Write one step for each, so that each can be checked, repeated and run beside the others.",
  },
  TOO_MANY_TURNS: {
    message: ({ turns, most }) => `The step wants ${turns} turns, and the limit is ${most}.`,
    fix: ({ most }) => `Write at most ${most}, or set limits.turns in the configuration.`,
    plannerFix: ({ most }) => `Write at most ${most}, or leave it out.`,
  },
  UNKNOWN_EXECUTOR: {
    message: ({ executor }) => `There is no executor "${executor}".`,
    fix: (params) => `${knownExecutors(params)} Or name it under executors in the configuration.`,
    plannerFix: (params) => knownExecutors(params),
  },
  EXECUTOR_TOOLS: {
    message: ({ executor, tools }) => `The executor ${executor} may not use ${tools.join(", ")}.`,
    fix: ({ executor, may }) =>
      `Write tools: all for the tools of ${executor} (${may.length === 0 ? "none" : may.join(", ")}), or leave ` +
      "executor out.",
  },
  EXECUTOR_AS_TEXT: {
    message: ({ executor }) => `The instruction of the step is only ${executor}, the name of an executor.`,
    fix: ({ executor }) => `Write executor: ${executor}, and in agent what it has to do.`,
  },
  EXECUTOR_WITH_MODEL: {
    message: ({ executor, model }) => `The step names the model ${model} and the executor ${executor}.`,
    fix: ({ executor }) => `Leave model out: ${executor} has its own. Or leave executor out.`,
  },
  SUBPLAN_DEPTH: {
    message: ({ step, most }) => `${step} is a sub-plan, and sub-plans nest ${most} levels deep at most.`,
    fix: () => "Write its work as tool and agent steps.",
  },
  SUBPLAN_REPEATS: {
    message: ({ goal, of }) =>
      `The sub-goal ${quoted(goal)} is ${of === "plan" ? "the goal of this plan" : "the goal of a run above"}.`,
    fix: () => "Write a sub-goal that is a part of the goal, or the steps themselves.",
  },
  SUBPLAN_BUDGET: {
    message: ({ unit, share, most }) =>
      most === undefined
        ? `The sub-plan may use 0 ${BUDGET_UNITS[unit]}, so it could not even be planned.`
        : `The sub-plan may use ${share} ${BUDGET_UNITS[unit]}, and the budget of the run is ${most}.`,
    fix: ({ most }) =>
      most === undefined
        ? "Write a larger share, or leave it out: then it gets half of what is left."
        : `Write at most ${most}, or leave it out: then it gets half of what is left.`,
  },
  UNUSED_FIELD: {
    message: ({ field }) => `The field ${field} has no use in this step: it is for agent steps and steps with fill.`,
    fix: ({ field }) => `Leave ${field} out, or let an agent or a fill do the step.`,
  },
};

const BUDGET_UNITS = { modelCalls: "model calls", tokens: "tokens", costUsd: "USD" };

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

const MEANT = {
  round: (name: string) => `${name} is known in with, expect and until of a step with repeat only.`,
  input: (name: string) => `Write inputs.${name}.`,
  output: () => "output is known in expect only; refer to a step by its id.",
  secret: () => 'A secret is a whole value: { "secret": "NAME" }.',
  steps: () => "A step is named by its id alone: write ${{ find.results }} for steps.find.output.results.",
  item: (name: string) => `${name} is known in with and expect of a step with forEach only.`,
};

const COMPARISON = {
  list: "${{ size(x) > 0 }}",
  boolean: "${{ x == true }}",
  number: "${{ x > 0 }}",
  other: '${{ x != "" }}',
};

/** The name of an operator, function or part of an expression in a sentence. */
function userText(by: string): string {
  if (by === "key") return "a key of a record";
  return by === "condition" ? "a condition" : by;
}

const insteadText: (instead: Instead) => string = byCase("kind", {
  "null-case": ({ source }) =>
    `It may be null: write \${{ ${source} == null ? ... : ${source} }} with a value for that case.`,
  field: ({ source, field }) => `Did you mean \${{ ${source}.${field} }}?`,
  element: ({ source }) => `Take one element, \${{ ${source}[0] }}, or let the step run for each with forEach.`,
  list: ({ source }) => `Write a list: ["\${{ ${source} }}"].`,
  text: ({ source }) => `Write it as text: \${{ string(${source}) }}, or inside a longer text.`,
  "inside-text": ({ source }) => `Write it inside a longer text, for example "Data: \${{ ${source} }}".`,
  number: ({ source }) => `Write \${{ double(${source}) }}, or declare the output of that step as number.`,
  "no-quotes": ({ value }) => `Write ${value} without quotes.`,
  quotes: ({ value }) => `Write ${JSON.stringify(value)} in quotes.`,
});
