// The version of the kernel's decisions. Each run.started names it. run.resumed and run.reopened name it if it has
// changed. In: nothing. Out: a name. It is independent of the form of events, which is EVENT_VERSION.

/**
 * Raise it with each change that makes `decide` answer some recorded input with other facts. Strict replay then reports
 * differences to older kernels as POLICY_DIFFERS, not as a fault. test/run/recorded-decisions.test.ts fails if a change
 * needs it.
 */
export const KERNEL_VERSION = "5";

/** The kernel that continues the run, as fields of an event. Empty if the log named it last. */
export function kernelOn(run: { readonly log: { readonly kernel: string } }): { readonly kernel?: string } {
  return run.log.kernel === KERNEL_VERSION ? {} : { kernel: KERNEL_VERSION };
}
