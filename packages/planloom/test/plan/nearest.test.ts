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

  const HOTEL = Object.entries({
    book_room: ["Books a hotel room for some nights.", "hotel", "nights", "guest"],
    cancel_booking: ["Cancels a booking of a room.", "booking_id"],
    transfer_money: ["Moves money between two accounts.", "from_account", "to_account", "amount"],
    create_file: ["Creates a file.", "path", "text"],
    delete_file: ["Deletes a file.", "path"],
    search: ["Search the web.", "query"],
  }).map(([name, [description = "", ...names]]) => ({
    name,
    description,
    input: { properties: Object.fromEntries(names.map((argument) => [argument, {}])) },
  }));

  test.each([
    ["reserve_room", "", ["book_room"], ["cancel_booking"]],
    ["cancel_reservation", "", ["cancel_booking"], ["book_room"]],
    ["booking_cancellation", "Cancel the room", ["cancel_booking"], ["book_room"]],
    ["room_service", "Cancel the booking of the room", ["cancel_booking"], ["book_room"]],
    ["remove_document", "", ["delete_file"], ["create_file"]],
    ["wire", "from_account to_account amount", ["transfer_money"], []],
  ])("%s (%s) is %j, and none of %j", (invented, about, meant, never) => {
    const found = nearestTools(invented, HOTEL, about);
    expect(found).toEqual(expect.arrayContaining(meant));
    expect(found.filter((name) => never.includes(name))).toEqual([]);
  });

  test.each([
    ["generate_image", "Draw a picture of the hotel"],
    ["write_poem", "Write a poem about rooms"],
    ["post_tweet", "Post it on the web"],
    ["fly_drone", ""],
    ["make_coffee", "Make it"],
  ])("%s (%s) is none of them", (invented, about) => {
    expect(nearestTools(invented, HOTEL, about)).toEqual([]);
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
