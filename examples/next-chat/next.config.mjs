// Next.js must leave Planloom out of the bundle of the server: see docs/bundlers.md.
export default { serverExternalPackages: ["planloom"] };
