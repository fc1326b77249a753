// The shape of a failure in an event. In: a value that was read. Out: whether it is a failure.
import type { JsonObject } from "../../plan/json.js";
import type { Cause, Failure, Thrown } from "../failure.js";
import { list, map, anyJson, flag, number, record, testOf, text, yes, type Shape } from "./shape.js";

const object: Shape<JsonObject> = { type: map(anyJson).type };
const cause = record<Cause>({}, { name: text, code: text, message: text, at: text });
const thrown = record<Thrown>({}, { name: text, at: text, stack: text, causes: list(cause), program: yes });

export const failureShape = record<Failure>(
  { code: text, retryable: flag },
  { params: object, text, foreign: yes, thrown, retryAfterMs: number },
);

/** For failures inside the parameters of another one: the shape of an event does not check them. */
export const isFailureData: (value: unknown) => boolean = testOf(failureShape.type);
