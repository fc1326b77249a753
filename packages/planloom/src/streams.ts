// The public names for front ends (planloom/streams): the types of what a run's streams and views give, and the replies
// in messages of a front end as commands. The streams and views themselves come from methods of a run.
export type { EvidenceCard } from "./loom/evidence/card.js";
export type { CallReview } from "./loom/review/call-review.js";
export type { ActedDocument, UndoingPreview } from "./loom/undoing.js";
export type { PlanReview } from "./loom/review/plan-review.js";
export type { PromptsView, RowView, RunView, StepView } from "./loom/view/run-view.js";
export type { WaitingEntry } from "./loom/waiting/waiting-run.js";
export type { AgUiEvent, AgUiInterrupt, AgUiOutcome } from "./streams/ag-ui-event.js";
export type { AgUiOptions } from "./streams/ag-ui-stream.js";
export type { FeedOptions } from "./streams/feed.js";
export { agUiReplies, uiReplies, type AgUiReply, type RepliedMessage, type ReplyCommand } from "./streams/replies.js";
export type { UIMessageChunk, UIMetadata } from "./streams/ui-message-chunk.js";
