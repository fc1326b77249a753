// Invented tools find the real ones: by the words of names and descriptions, and by what the step says.
import { describe, expect, test } from "vitest";
import { check } from "../../src/plan/check/check.js";
import { nearestNames, nearestTools } from "../../src/plan/nearest.js";
import { SAMPLE } from "./sample-inventory.js";

const OFFICE = Object.entries({
  list_invoices: "Lists the invoices of a customer.",
  pay_invoice: "Pays an open invoice from the company's account.",
  create_calendar_event: "Creates an event in somebody's calendar.",
  find_free_slot: "Finds a time at which all given people are free.",
  send_email: "Sends an email.",
  search_mailbox: "Searches the emails of a mailbox for words.",
  translate_text: "Translates a text into another language.",
  convert_currency: "Converts an amount of money from one currency into another.",
  get_exchange_rate: "Gives the rate between two currencies.",
  read_spreadsheet: "Reads the cells of a spreadsheet.",
  write_spreadsheet: "Writes cells of a spreadsheet.",
  draw_chart: "Draws a chart of numbers as an image.",
  resize_picture: "Changes the size of a picture.",
  transcribe_recording: "Writes down what is said in a recording.",
}).map(([name, description]) => ({ name, description }));

describe("tools", () => {
  test.each([
    ["schedule_meeting", "create_calendar_event", "Put the meeting into the calendar of both"],
    ["google_mail_search", "search_mailbox", ""],
    ["EmailSender", "send_email", ""],
    ["mail_customer", "send_email", ""],
    ["settle_bill", "pay_invoice", "Pay the open invoice"],
    ["Invoice-Lister", "list_invoices", ""],
    ["translator", "translate_text", ""],
    ["fx_rates", "get_exchange_rate", "Look up the exchange rate of the dollar"],
    ["currency_converter", "convert_currency", ""],
    ["excel_reader", "read_spreadsheet", "Read the cells of the sheet"],
    ["plot", "draw_chart", "Draw a chart of the monthly sales"],
    ["image_resizer", "resize_picture", ""],
    ["audio_to_text", "transcribe_recording", "Transcribe the recording of the meeting"],
    ["availability", "find_free_slot", "Find a time when both are free"],
  ])("%s means %s (%s)", (invented, meant, about) => {
    expect(nearestTools(invented, OFFICE, about)).toContain(meant);
  });

  test("what is like nothing gets no suggestion", () => {
    expect(nearestTools("xyzzy", OFFICE)).toEqual([]);
  });

  test("at most three, best first, the same every time", () => {
    const found = nearestTools("write_spreadsheets", OFFICE);
    expect(found[0]).toBe("write_spreadsheet");
    expect(found.length).toBeLessThanOrEqual(3);
    expect(nearestTools("write_spreadsheets", [...OFFICE].reverse())).toEqual(found);
  });

  test("check takes the words of the step", () => {
    const step = { id: "say", title: "Generate spoken audio from the text", tool: "narrator", with: { text: "Hello" } };
    expect(check({ steps: [step] }, SAMPLE).findings[0]).toMatchObject({
      params: { near: expect.arrayContaining(["Text-to-Audio"]) as string[] },
    });
  });
});

describe("names", () => {
  test.each([
    ["querry", "query"],
    ["sortBy", "sort_by"],
    ["id", "artist_id"],
    ["LIMIT", "limit"],
    ["url", "page_url"],
  ])("%s means %s", (wrong, right) => {
    expect(nearestNames(wrong, ["query", "sort_by", "artist_id", "limit", "page_url", "language"])).toContain(right);
  });

  test.each([
    ["product_id", ["country", "language"]],
    ["", ["a", "b"]],
    ["x", []],
  ])("%s means none of %j", (wrong, names) => {
    expect(nearestNames(wrong, names)).toEqual([]);
  });
});
