// The types of the words of findings. The tables are in files by area.
import type { FindingCode } from "../plan/finding.js";
import type { FindingParams } from "../plan/finding-params.js";

/** The words of one code: two sentences, each a pure function of the parameters. */
export interface FindingWords<Params> {
  /** What is wrong, and with what. */
  readonly message: (params: Params) => string;
  /** What to write instead. */
  readonly fix: (params: Params) => string;
  /** The same for a planner, if people can do more than a planner: it can only write another plan. */
  readonly plannerFix?: (params: Params) => string;
}

export type FindingTable<Codes extends FindingCode> = {
  readonly [Code in Codes]: FindingWords<FindingParams[Code]>;
};
