// The tests of the shop: they pass before and after the refactoring. Run them with: node --test
import assert from "node:assert/strict";
import { test } from "node:test";
import { cartText } from "../src/cart.mjs";
import { invoiceText } from "../src/invoice.mjs";
import { refundText } from "../src/refund.mjs";

const LINES = [
  { name: "tea", price: 1250, count: 2 },
  { name: "cup", price: 805, count: 1 },
];

test("a cart shows its lines and their total", () => {
  assert.equal(cartText(LINES), "2 x tea: $25.00\n1 x cup: $8.05\nTotal: $33.05");
});

test("an invoice has a discount and a tax", () => {
  assert.equal(invoiceText({ lines: LINES, discount: 10 }), "Net $29.75, tax $5.95, to pay $35.70");
});

test("a refund is negative", () => {
  assert.equal(refundText(LINES, ["cup"]), "Refund: -$8.05");
});
