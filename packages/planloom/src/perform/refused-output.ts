// Why an output was refused, as a model may be told. In: a failure. Out: the failure in the words of Planloom and of the
// plan, apart from the words of a judge. A judge has read the output, so its words are data.
import { isFailure, type Failure } from "../run/failure.js";

interface OutputRefusal {
  readonly why: Failure;
  /** The words of the judge. Absent: no judge refused it, or it gave no reason. */
  readonly said?: string;
}

export function outputRefusal(error: Failure): OutputRefusal {
  if (!isFailure(error, "EXPECT_NOT_MET")) return { why: error };
  const says = error.params?.["says"];
  const why = { ...error, params: { ...error.params, says: "" } };
  return { why, ...(typeof says === "string" && says !== "" && { said: says }) };
}

/** Whether the output itself was refused. A judge that gave no verdict has refused nothing. */
export const refusesOutput = (error: Failure): boolean => !isFailure(error, "EXPECT_NOT_JUDGED");
