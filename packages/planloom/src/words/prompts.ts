// The words about prompts that are rebuilt. In: data. Out: sentences.

/** Why a prompt cannot be rebuilt. */
export type PromptGap =
  | { readonly code: "NO_PROMPT" }
  | { readonly code: "OTHER_TOOLS" }
  | { readonly code: "NO_TOOL"; readonly tool: string }
  | { readonly code: "JOURNAL_DIFFERS"; readonly recorded: string; readonly now?: string }
  | { readonly code: "REQUEST_FAILED"; readonly call: string }
  | { readonly code: "FAILED"; readonly text: string };

export function promptGapText(gap: PromptGap): string {
  switch (gap.code) {
    case "NO_PROMPT":
      return "A function of the program wrote the plan. It got no prompt.";
    case "OTHER_TOOLS":
      return "The model read descriptions of tools that this process does not have: its tools are not those of the run.";
    case "NO_TOOL":
      return `Neither the log nor this process has the definition of the tool "${gap.tool}", which the model read.`;
    case "JOURNAL_DIFFERS":
      return (
        `The journal has "${gap.recorded}" where this version would ` +
        `${gap.now === undefined ? "ask nothing more" : `ask "${gap.now}"`}, so later requests cannot be rebuilt.`
      );
    case "REQUEST_FAILED":
      return `The request "${gap.call}" failed, and the journal does not say how. Later requests depend on that.`;
    case "FAILED":
      return `The request cannot be written again: ${gap.text}`;
  }
}

/** Said with every prompt, so that nobody takes it for a record. `then`: the kernel of the run at that time. */
export function rebuiltText({ then, now }: { readonly then: string; readonly now: string }): string {
  const rebuilt =
    "This text is rebuilt from the log by this version of Planloom, with the instructions, limits and notes of this " +
    "process. It is not a record of what was sent.";
  if (then === now) return `${rebuilt} The run has the kernel of this version.`;
  return `${rebuilt} The run had kernel ${then}, and this version has kernel ${now}: the text sent may have been another.`;
}
