// The suggestions for tools that a recorded planner invented. In: the folder that holds taskbench/. Out: how often the
// right tool is first, and among the first three. The right tools were judged by hand from the words of each step. A
// step without a right tool is not counted.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { nearestTools } from "../../packages/planloom/dist/plan/nearest.js";

/** By the invented name: the first rule whose words are in the step gives the right tools. */
const RIGHT = {
  "Text Extractor": [
    [/keyword/, "Keyword Extractor"],
    [/video/, "Video-to-Text"],
    [/./, "Image-to-Text"],
  ],
  "Audio-to-Video": [
    [/extract the audio/, "Video-to-Audio"],
    [/create a video (?:from the audio in|based on)|back into a video/],
    [/voiceover/, "Video Synchronization", "Video Voiceover"],
    [/./, "Video Synchronization"],
  ],
  "Text-to-Speech": [
    [/transcribe.*video/, "Video-to-Text"],
    [/transcribe/, "Audio-to-Text"],
    [/./, "Text-to-Audio"],
  ],
  "Speech-to-Text": [
    [/video/, "Video-to-Text"],
    [/./, "Audio-to-Text"],
  ],
  "Video Splicer": [[/./, "Text-to-Video", "Image-to-Video"]],
  "Audio Synchronization": [[/./, "Video Synchronization"]],
  "Audio Synchronizer": [[/./, "Video Synchronization"]],
  "Video Synchronizer": [[/./, "Video Synchronization"]],
  "Text Synchronizer": [[/./, "Video Synchronization"]],
  "Image Extractor": [[/./, "Video-to-Image"]],
  "Audio Sentiment Analysis": [[/./, "Text Sentiment Analysis"]],
  "Sentiment Analyzer": [[/./, "Text Sentiment Analysis"]],
  "Sentiment Analysis": [[/./, "Text Sentiment Analysis"]],
  Voiceover: [[/./, "Video Voiceover"]],
  "Voiceover Adder": [[/./, "Video Voiceover"]],
  "Audio Voiceover": [[/./, "Voice Changer"]],
  "Audio Speed Changer": [[/./, "Video Speed Changer"]],
  "Audio Pitch Changer": [[/./, "Voice Changer"]],
  "Audio Extractor": [[/./, "Video-to-Audio"]],
  "Similar Image Search": [[/./, "Image Search (by Image)"]],
  OCR: [[/./, "Image-to-Text"]],
  "Image-to-Audio": [[/./, "Audio-to-Image"]],
  "Video Stitcher": [[/./, "Image-to-Video"]],
  "Video Creator": [[/./, "Image-to-Video"]],
  "Video Editor": [[/./, "Text-to-Video"]],
  "Video Background Music": [[/./, "Video Synchronization"]],
  "Text Keyword Extractor": [[/./, "Keyword Extractor"]],
  "Grammar Checker": [[/./, "Text Grammar Checker"]],
  "Text-to-URL": [[/./, "URL Extractor"]],
  "URL Downloader": [[/video/, "Video Downloader"]],
  "Image Uploader": [[/./]],
};

/** `path` is the folder with the data sets. */
export async function measure(data) {
  const read = (name) => readFile(path.join(data, "taskbench", name), "utf8");
  const tools = JSON.parse(await read("multimedia.tool_desc.json")).nodes.map(({ id, desc }) => ({
    name: id,
    description: desc,
  }));
  const records = (await read("multimedia.CodeLlama-13b.direct.jsonl"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const invented = records.flatMap((record) => inventedIn(record, tools));
  const unjudged = invented.filter(({ right }) => right === undefined);
  const judged = invented.filter(({ right }) => right !== undefined && right.length > 0);
  const rate = (suggest, most) =>
    judged.filter((one) => isAmong(suggest(one).slice(0, most), one.right)).length / judged.length;
  const byName = ({ name }) => nearestTools(name, tools);
  const byStep = ({ name, words }) => nearestTools(name, tools, words);
  const figures = {
    invented: invented.length,
    withoutRightTool: invented.length - judged.length - unjudged.length,
    unjudged: unjudged.length,
    firstThreeByName: rate(byName, 3),
    firstByName: rate(byName, 1),
    firstThree: rate(byStep, 3),
    first: rate(byStep, 1),
  };
  const missed = judged.filter((one) => !isAmong(byStep(one), one.right));
  const markdown = [
    "| suggested for an invented tool | among the first three | first |",
    "|---|---|---|",
    `| from its name alone | ${percent(figures.firstThreeByName)} | ${percent(figures.firstByName)} |`,
    `| from its name and the words of its step, as check does | ${percent(figures.firstThree)} | ${percent(figures.first)} |`,
    "",
    `${figures.invented} steps call a tool that does not exist; for ${figures.withoutRightTool} of them no tool is right. The right tools were chosen by hand. The scoring was tuned on these recordings: expect less on others. Missed:`,
    "",
    ...missed.map(
      (one) =>
        `- ${one.name} (${one.words}): suggested ${byStep(one).join(", ") || "nothing"}; right is ${one.right.join(" or ")}.`,
    ),
  ].join("\n");
  return {
    title: "Suggestions for invented tools",
    markdown,
    ok: figures.firstThree >= 0.9 && unjudged.length === 0,
    figures,
  };
}

const isAmong = (suggested, right) => suggested.some((name) => right.includes(name));
const percent = (share) => `${(share * 100).toFixed(0)} %`;

function inventedIn({ task_nodes, task_steps }, tools) {
  return task_nodes.flatMap(({ task: name }) => {
    if (tools.some((tool) => tool.name === name)) return [];
    const step = task_steps.map(textOf).find((text) => text.includes(name)) ?? "";
    const words = step.replace(/^Step \d+: /, "");
    const rule = RIGHT[name]?.find(([pattern]) => pattern.test(words));
    return [{ name, words, right: rule?.slice(1) }];
  });
}

const textOf = (step) => (typeof step === "string" ? step : (step.description ?? `${step.tool} ${step.arguments}`));
