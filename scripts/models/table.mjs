// The compatibility table as Markdown. In: modes with their results. Out: lines.

const OUTCOMES = {
  answer: (extra) => (extra === 0 ? "answer" : `answer after ${extra} extra request${extra === 1 ? "" : "s"}`),
  told: () => "told what to change",
  wrong: () => "**wrong**",
  failed: () => "**fails without a remedy**",
};

export function tableOf(rows) {
  const sorted = rows
    .filter(Boolean)
    .sort((a, b) => (a.mode.server.toLowerCase() < b.mode.server.toLowerCase() ? -1 : 1));
  return [
    "| server | what it does | outcome | extra requests | source |",
    "|---|---|---|---|---|",
    ...sorted.map(({ mode, result }) => {
      const outcome = OUTCOMES[result.outcome](result.extra);
      return `| ${mode.server} | ${mode.does} | ${outcome} | ${result.extra} | ${linkOf(mode.source)} |`;
    }),
  ];
}

/** `owner/name#123` is an issue or pull request on GitHub. */
function linkOf(source) {
  const [, repository, number] = /^([\w.-]+\/[\w.-]+)#(\d+)$/.exec(source) ?? [];
  if (repository === undefined) return `[${new URL(source).hostname}](${source})`;
  return `[${source}](https://github.com/${repository}/issues/${number})`;
}

export function figures(rows) {
  const of = (outcome) => rows.filter(({ result }) => result.outcome === outcome);
  const direct = of("answer").filter(({ result }) => result.extra === 0).length;
  return (
    `Of ${rows.length} behaviours, ${direct} reach the answer directly, ${of("answer").length - direct} after further ` +
    `requests, and ${of("told").length} end with what to change. Silently wrong: ${of("wrong").length}. Failing without ` +
    `naming the remedy: ${of("failed").length}.`
  );
}
