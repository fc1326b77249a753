// The version of the kernel's decisions. Each run.started names it, and run.resumed and run.reopened where it has changed.
// In: nothing. Out: a name. It says nothing about the form of events: that is EVENT_VERSION.

/**
 * To be raised with each change after which `decide` answers some recorded input with other facts. Strict replay then reports what
 * older kernels decided otherwise as POLICY_DIFFERS, and not as a fault. test/run/recorded-decisions.test.ts fails where a change needs it.
 */
export const KERNEL_VERSION = "2";

/** What an event says of the kernel that goes on with a run: nothing where it is the one that the log named last. */
export function kernelOn(run: { readonly log: { readonly kernel: string } }): { readonly kernel?: string } {
  return run.log.kernel === KERNEL_VERSION ? {} : { kernel: KERNEL_VERSION };
}
