// @ts-check
// Reads a request to a model. In: the body of a chat request. Out: its parts. Separate because the scripted models
// of the examples read their data out of what they are really sent: had a step's data not reached the model, they could
// not answer.

/** @typedef {import("planloom/testing").ChatBody} ChatBody */

/**
 * The first text of the user: the goal, the step, and its data.
 * @param {ChatBody} body
 */
export function firstMessage(body) {
  return body.messages.find((message) => message.role === "user")?.content ?? "";
}

/**
 * Whether a data block of this name is in the request.
 * @param {ChatBody} body
 * @param {string} name
 */
export function hasData(body, name) {
  return body.messages.some((message) => message.content?.includes(opening(name)));
}

/**
 * The text of a data block, for example `with.company`, a step's id, or `call 1` for the first result of a tool. Throws
 * where there is none.
 * @param {ChatBody} body
 * @param {string} name
 */
export function dataText(body, name) {
  const text = body.messages.find((message) => message.content?.includes(opening(name)))?.content;
  if (text === undefined || text === null) throw new Error(`The model was not given ${name}.`);
  const from = text.indexOf(opening(name)) + opening(name).length;
  return text.slice(from, text.indexOf("\n</data>", from));
}

/**
 * The same, for data that is no text.
 * @param {ChatBody} body
 * @param {string} name
 * @returns {any}
 */
export function data(body, name) {
  return JSON.parse(dataText(body, name));
}

/**
 * The results of the tools, oldest first.
 * @param {ChatBody} body
 */
export function toolResults(body) {
  return body.messages.filter((message) => message.role === "tool").map((message) => message.content ?? "");
}

/** @param {string} name */
const opening = (name) => `<data name=${JSON.stringify(name)}>\n`;
