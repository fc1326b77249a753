// The estimate of a plan, as documents hold it. In: the estimate in the log. Out: the same with sentences. Any process, and
// any version, may have written it.
import type { Estimate } from "../plan/estimate/estimate.js";
import type { Json, JsonObject } from "../plan/json.js";
import { estimateInWords } from "../words/estimate.js";

export function estimateDocument(estimate: JsonObject): Json {
  if (!Array.isArray(estimate["unknown"])) return estimate;
  return estimateInWords(estimate as unknown as Estimate) as unknown as Json;
}
