// The public names of the package: the evaluation of a dataset, its formats and its report.
export { EvalError } from "./error.js";
export { evaluate, type EvalFiles, type EvalOptions } from "./evaluate.js";
export type { MendingPlanner } from "./mend.js";
export { nestfulFormat } from "./nestful-format.js";
export { planloomFormat } from "./planloom-format.js";
export { reportMarkdown } from "./report-markdown.js";
export type { EvalReport } from "./report.js";
export type { Format, Sample } from "./sample.js";
export { scoreSample, type Score } from "./score.js";
export { taskbenchFormat } from "./taskbench-format.js";
