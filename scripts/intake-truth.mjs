// The tools that a model meant by an invented name of the multimedia inventory. In: the name and the text of its step.
// Out: the right tools; an empty list if no tool is right; undefined if it was not judged. Judged by hand from the
// steps, name by name. If a name has several uses, the text of the step decides.

const TRANSCRIBED = [
  [/video/i, ["Video-to-Text"]],
  [/./, ["Audio-to-Text"]],
];

const TRUTH = {
  "Text Extractor": [
    [/keyword/i, ["Keyword Extractor"]],
    [/video/i, ["Video-to-Text"]],
    [/./, ["Image-to-Text"]],
  ],
  "Text-to-Speech": [
    [/transcribe.*video/i, ["Video-to-Text"]],
    [/transcribe/i, ["Audio-to-Text"]],
    [/./, ["Text-to-Audio"]],
  ],
  "Speech-to-Text": TRANSCRIBED,
  "Audio-to-Video": [
    [/extract the audio/i, ["Video-to-Audio"]],
    [/voiceover to|as a voiceover|the voiceover/i, ["Video Voiceover", "Video Synchronization"]],
    [/synchroni|combine|add an audio track/i, ["Video Synchronization"]],
    [/./, []],
  ],
  "Audio Synchronization": ["Video Synchronization"],
  "Audio Synchronizer": ["Video Synchronization"],
  "Video Synchronizer": ["Video Synchronization"],
  "Text Synchronizer": [],
  "Image Extractor": ["Video-to-Image"],
  "Audio Extractor": ["Video-to-Audio"],
  "Audio Sentiment Analysis": ["Text Sentiment Analysis"],
  "Sentiment Analyzer": ["Text Sentiment Analysis"],
  "Sentiment Analysis": ["Text Sentiment Analysis"],
  Voiceover: ["Video Voiceover"],
  "Voiceover Adder": ["Video Voiceover"],
  "Audio Voiceover": ["Voice Changer"],
  "Audio Pitch Changer": ["Voice Changer", "Audio Effects"],
  "Audio Speed Changer": ["Video Speed Changer"],
  "Similar Image Search": ["Image Search (by Image)"],
  "Video Splicer": ["Image-to-Video", "Text-to-Video"],
  "Video Stitcher": ["Image-to-Video"],
  "Video Creator": ["Image-to-Video"],
  "Video Editor": ["Text-to-Video"],
  "Video Background Music": ["Video Synchronization"],
  "Image-to-Audio": ["Audio-to-Image"],
  OCR: ["Image-to-Text"],
  "Text Keyword Extractor": ["Keyword Extractor"],
  "Grammar Checker": ["Text Grammar Checker"],
  "Text-to-URL": ["URL Extractor"],
  "URL Downloader": ["Video Downloader"],
  "Image Uploader": [],
};

export function meantTools(name, step) {
  const entry = Object.hasOwn(TRUTH, name) ? TRUTH[name] : undefined;
  if (entry === undefined || !Array.isArray(entry[0])) return entry;
  return entry.find(([pattern]) => pattern.test(step))?.[1];
}
