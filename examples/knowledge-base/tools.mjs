// @ts-check
// The tool of this example. In: answers. Out: a page of Markdown by topics. Arranging needs no model.
import { tool } from "planloom";
import { z } from "zod";

const answer = z.object({
  question: z.string(),
  answer: z.string().nullable(),
  topic: z.string().nullable(),
  source: z.string().nullable(),
});

const arrangeAnswers = tool({
  name: "arrange_answers",
  description: "Arranges answers to questions by topic, as a page of Markdown.",
  input: z.object({ answers: z.array(answer) }),
  output: z.object({ text: z.string(), answered: z.int(), open: z.string() }),
  effects: "none",
  labels: "pass",
  run({ answers }) {
    const found = answers.filter((one) => one.answer !== null);
    const topics = [...new Set(found.map(({ topic }) => topic ?? "other"))].sort();
    const parts = topics.map((topic) => {
      const lines = found
        .filter((one) => (one.topic ?? "other") === topic)
        .map(({ question, answer, source }) => `**${question}** ${answer} ([${source}](${source}))`);
      return [`## ${topic}`, ...lines].join("\n\n");
    });
    const open = answers.filter((one) => one.answer === null).map(({ question }) => question);
    return {
      text: `${["# Answers", ...parts].join("\n\n")}\n`,
      answered: found.length,
      open: open.join("; ") || "none",
    };
  },
});

export const tools = [arrangeAnswers];
