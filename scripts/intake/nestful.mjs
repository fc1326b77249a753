// NESTFUL's executable gold records through the adapter and check. In: the folder that holds nestful/. Out: how many
// are sound, and the reason for each other one, which was found by hand. A finding that the list below does not explain
// is a false alarm.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { nestfulFormat } from "../../packages/planloom-eval/dist/nestful-format.js";
import { check } from "../../packages/planloom/dist/plan/check/check.js";

/**
 * Contradictions between the gold plan and the published specification. `mend` is the least change to the gold call
 * that makes both agree: renamed arguments (undefined: left out), or another path into a tool's output. A finding on a
 * mended record is a false alarm. A contradiction without a finding was missed.
 */
const CONTRADICTIONS = [
  {
    tool: "Spotify_Scraper_Get_Artist_ID_By_Name",
    path: { id: "artist_id" },
    reason: "gold reads `id`; the tool gives `artist_id`",
  },
  {
    tool: "Real-Time_Product_Search_Search",
    arguments: { sortBy: "sort_by" },
    reason: "gold gives `sortBy`; the argument is `sort_by`",
  },
  {
    tool: "Real-Time_Product_Search_Product_Details",
    arguments: { sortBy: "sort_by", product_id: undefined },
    reason: "gold gives `sortBy` for `sort_by`, and `product_id`, which the specification lacks",
  },
  {
    tool: "Tripadvisor_Search_Restaurant_Location",
    path: { locationId: "location.locationId" },
    reason: "gold reads `locationId`; the tool gives it inside `location`",
  },
  {
    tool: "RedditTopPostsBySubreddit",
    arguments: { query: undefined },
    reason: "gold gives `query`; the tool takes `subreddit`, `time` and `cursor` only",
  },
  {
    tool: "WeatherAPI.com_Forecast_Weather_API",
    arguments: { date: "dt" },
    reason: "gold gives `date`; the argument is `dt`",
  },
  {
    tool: "TripadvisorSearchRestaurants",
    arguments: { geoId: "locationId", sort: undefined },
    reason: "gold gives `geoId` and `sort`; the only argument is `locationId`, and it is required",
  },
  {
    tool: "WeatherAPI.com_Time_Zone_API",
    path: { localtime: "location.localtime" },
    reason: "gold reads `localtime`; the tool gives it inside `location`",
  },
  {
    tool: "SkyScrapperSearchAirport",
    path: { locationId: "var4.location.locationId" },
    reason:
      "gold takes `locationId` from the search for airports, `var2`, where the search for restaurants, `var4`, has it",
  },
  {
    tool: "Coronavirus_Smartable_GetStats",
    path: { "stats.totalDeath": "stats.totalDeaths" },
    reason: "gold reads `totalDeath`; the field is `totalDeaths`",
  },
  {
    tool: "Coronavirus_Smartable_GetNews",
    path: { "news.webUrl": "news[0].webUrl" },
    reason: "gold reads `webUrl` of a list; each of its items has one",
  },
  {
    tool: "SEC_Filings",
    path: { "fillings.filingDate": "filings[0].filingDate" },
    reason: "gold reads `fillings`; the field is `filings`, and a list",
  },
];

/**
 * Warnings on gold plans that can run. Each was reviewed by hand: the plan would be better with the suggested change.
 */
const REGRETS = [
  {
    record: 48,
    code: "UNUSED_STEP",
    reason: "the search for flights is used by nobody: the answer names `var2` for `var3`",
  },
];

/** Faults of gold plans under any reading of the specifications. */
const DEFECTS = [
  {
    record: 2,
    code: "MISSING_ARGUMENT",
    reason: "the call gives `geoId` and `sort`, and lacks `locationId`, which is required",
  },
  { record: 53, code: "PATH_NOT_IN_TYPE", reason: "it reads `webUrl` of a list; each of its items has one" },
];

const isError = ({ severity }) => severity === "error";

/** `path` is the folder with the data sets. */
export async function measure(data) {
  const read = async (name) => JSON.parse(await readFile(path.join(data, "nestful", name), "utf8"));
  const [records, specs] = [await read("executable-data.json"), await read("executable-spec.json")];
  const published = nestfulFormat.tools(specs);
  const inventory = closed(published);
  const judged = records.map((record, index) => judge(record, index, inventory));
  const refused = judged.filter(({ asPublished }) => !asPublished.ok);
  const open = records.map((record) => check(draftOf(record), published).findings.filter(isError));
  const defects = open.flatMap((found, record) => found.map((finding) => ({ record, ...finding })));
  const unknown = defects.filter(
    ({ record, code }) => !DEFECTS.some((one) => one.record === record && one.code === code),
  );
  const falseAlarms = judged.flatMap(({ unexplained }) => unexplained);
  const figures = {
    records: records.length,
    references: sum(judged.map(({ references }) => references)),
    resolved: sum(judged.map(({ resolved }) => resolved)),
    sound: open.filter((found) => found.length === 0).length,
    defects: defects.length,
    soundIfComplete: records.length - refused.length,
    contradicting: refused.length,
    causes: new Set(refused.flatMap(({ causes }) => causes.map(({ reason }) => reason))).size,
    soundOnceMended: judged.filter(({ mended }) => mended.ok).length,
    falseAlarms: falseAlarms.length + unknown.length,
    missed: sum(judged.map(({ missed }) => missed)),
  };
  const ok = figures.falseAlarms === 0 && figures.missed === 0 && figures.soundOnceMended === figures.records;
  const lines = [...rows(figures), "", ...list(judged), ...falseAlarms.map((alarm) => `- FALSE ALARM ${alarm}`)];
  return { title: "NESTFUL gold plans", markdown: lines.join("\n"), ok, figures };
}

function judge(record, index, inventory) {
  const tools = new Map(record.output.map(({ label, name }) => [label, name]));
  const causes = CONTRADICTIONS.filter((cause) => hits(record, cause, tools));
  const without = (mending) => check(draftOf(mending.reduce((at, cause) => mend(at, cause, tools), record)), inventory);
  const [asPublished, mended] = [without([]), without(causes)];
  const missed = causes.filter((cause) => without(causes.filter((other) => other !== cause)).ok).length;
  const regrets = REGRETS.filter((regret) => regret.record === index);
  const left = mended.findings.filter(({ code }) => !regrets.some((regret) => regret.code === code));
  const early = causes.length > 0 ? [] : asPublished.findings.filter(({ severity }) => severity === "error");
  const unexplained = [
    ...new Set([...left, ...early].map(({ code, message }) => `record ${index}: ${code} ${message}`)),
  ];
  const made = [...JSON.stringify(record.output).matchAll(/\$(\w+)[^$"]*\$/g)];
  const resolved = made.filter(([, label]) => tools.has(label)).length;
  return { index, causes, regrets, asPublished, mended, missed, unexplained, references: made.length, resolved };
}

const draftOf = ({ input, output }) => ({ goal: input, ...nestfulFormat.translate(output).document });

/** The same tools, as if their specifications named every argument and every field. */
const closed = (value) =>
  JSON.parse(JSON.stringify(value).replaceAll('"additionalProperties":true', '"additionalProperties":false'));

const REFERENCE = /\$(\w+)\.([^$"]+)\$/g;

function hits(record, cause, tools) {
  const calls = record.output.filter(({ name }) => name === cause.tool);
  if (cause.arguments !== undefined)
    return calls.some((call) => Object.keys(cause.arguments).some((name) => Object.hasOwn(call.arguments, name)));
  const paths = [...JSON.stringify(record.output).matchAll(REFERENCE)];
  return paths.some(([, label, fields]) => tools.get(label) === cause.tool && Object.hasOwn(cause.path, fields));
}

function mend(record, cause, tools) {
  if (cause.arguments !== undefined) {
    const output = record.output.map((call) => (call.name === cause.tool ? renamed(call, cause.arguments) : call));
    return { ...record, output };
  }
  const text = JSON.stringify(record.output).replace(REFERENCE, (whole, label, fields) => {
    const path = tools.get(label) === cause.tool ? cause.path[fields] : undefined;
    if (path === undefined) return whole;
    return /^var\d/.test(path) ? `$${path}$` : `$${label}.${path}$`;
  });
  return { ...record, output: JSON.parse(text) };
}

function renamed(call, names) {
  const fields = Object.entries(call.arguments).flatMap(([name, value]) => {
    if (!Object.hasOwn(names, name)) return [[name, value]];
    return names[name] === undefined ? [] : [[names[name], value]];
  });
  return { ...call, arguments: Object.fromEntries(fields) };
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

function rows(figures) {
  const of = `of ${figures.records}`;
  return [
    "| what | figure |",
    "|---|---|",
    `| gold plans read | ${figures.records} ${of} |`,
    `| references that name a call | ${figures.resolved} of ${figures.references} |`,
    `| sound plans, if arguments and fields that the specification does not name are allowed (as in JSON Schema) | ${figures.sound} ${of} |`,
    `| gold plans with a defect, each found: ${DEFECTS.map(({ record, reason }) => `record ${record}: ${reason}`).join("; ")} | ${figures.defects} |`,
    `| sound plans, if the specification names every argument and field | ${figures.soundIfComplete} ${of} |`,
    `| plans that contradict it then, each with a finding | ${figures.contradicting} ${of}, ${figures.causes} causes |`,
    `| sound plans after only these contradictions are corrected | ${figures.soundOnceMended} ${of} |`,
    `| findings without a contradiction (false alarms) | ${figures.falseAlarms} |`,
    `| contradictions without a finding | ${figures.missed} |`,
  ];
}

function list(judged) {
  const causes = CONTRADICTIONS.map((cause) => ({
    ...cause,
    records: judged.filter((one) => one.causes.includes(cause)).map(({ index }) => index),
  }));
  return [
    "Gold plans that contradict a specification, if it names every argument and field. Found by hand; records are counted from 0:",
    "",
    ...causes.map(({ tool, reason, records }) => `- ${tool}: ${reason}. Records ${records.join(", ")}.`),
    ...REGRETS.map(({ record, code, reason }) => `- Record ${record}, warning ${code}: ${reason}.`),
    "",
  ];
}
