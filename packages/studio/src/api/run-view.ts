// The parts of a run's view and of a step's view by name. The server makes them: see planloom/streams.
import type { RowView, RunView, StepView } from "planloom/streams";

export type { RowView, RunView, StepView };
export type RowStatus = RowView["status"];
export type BarView = RowView["bars"][number];
export type ItemView = NonNullable<RowView["items"]>["shown"][number];
export type FactsView = RunView["facts"];
export type WaitView = RunView["waits"][number];
export type OriginView = StepView["labels"];
