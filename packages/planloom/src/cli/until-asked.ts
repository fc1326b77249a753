// Waits until the process is asked to end. In: nothing. Out: a promise.

/** Resolves at the first SIGINT or SIGTERM. The second one ends the process at once, as without this function. */
export function untilAsked(): Promise<void> {
  return new Promise((resolve) => {
    const signals = ["SIGINT", "SIGTERM"] as const;
    const asked = () => {
      for (const signal of signals) process.off(signal, asked);
      resolve();
    };
    for (const signal of signals) process.on(signal, asked);
  });
}
