// A step, or one item of it. In: a reference that may have more fields. Out: the reference alone, or its text.
import type { StepRef } from "./event.js";

/** The step and the item, without other fields. */
export const stepRef = ({ step, item }: StepRef): StepRef => (item === undefined ? { step } : { step, item });

/** `step`, or `step[item]`: for people, and as a key. */
export const refText = ({ step, item }: StepRef): string => (item === undefined ? step : `${step}[${item}]`);
