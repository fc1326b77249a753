// The documents that the demo searches. In: nothing. Out: files by name. All companies and numbers are invented, and
// each document says so.

const NOTE = "SAMPLE DATA, made up for the Planloom demo. State: 1 January 2026. No such company exists.";

export const DOCUMENTS: Readonly<Record<string, string>> = {
  "market-survey.md": `# Leading AI companies: sample survey

Of 100 buyers asked for the leading AI companies, most named Aurora Minds (61), then Brightwater Labs (48), then Cobalt
Systems (33). Aurora Minds and Brightwater Labs sell to companies of every size; Cobalt Systems to industry.
Some named Dunlin Research (9).

${NOTE}
`,
  "market-prices.md": `# AI companies: how the leading ones price, sample notes

Aurora Minds charges by use. Brightwater Labs and Cobalt Systems charge by seat. Aurora Minds lowered its prices twice.

${NOTE}
`,
  "aurora-minds.md": `# Aurora Minds

Company profile of Aurora Minds.

- Revenue 2025: 4200 million USD
- Products: the assistant Halo, a developer platform
- Founded: 2018

${NOTE}
`,
  "brightwater-labs.md": `# Brightwater Labs

Company profile of Brightwater Labs.

- Revenue 2025: 2650 million USD
- Products: document search, a coding assistant
- Founded: 2019

${NOTE}
`,
  "cobalt-systems.md": `# Cobalt Systems

Company profile of Cobalt Systems.

- Revenue 2025: 1180 million USD
- Products: vision systems for factories
- Founded: 2016

${NOTE}
`,
  "dunlin-research.md": `# Dunlin Research

Company profile of Dunlin Research.

- Revenue 2025: 90 million USD
- Products: weather models
- Founded: 2021

${NOTE}
`,
};
