// Prints the peak memory of this process in MB after a 1,000-step chain over SQLite, or after nothing (`bare`).
if (process.argv[2] === "chain") {
  const { chain, durable, loomOver, timeRun } = await import("./library.mjs");
  const store = await durable();
  const loom = await loomOver(store);
  await timeRun(loom, chain(1_000));
  await loom.close();
  await store.close();
}
console.log((process.resourceUsage().maxRSS / 1_024).toFixed(1));
