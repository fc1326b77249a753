// The invoice of an order: the cart, a discount in percent, and the tax.
import { totalOf } from "./cart.mjs";

function money(cents) {
  const sign = cents < 0 ? "-" : "";
  const whole = Math.abs(cents);
  return `${sign}$${Math.floor(whole / 100)}.${String(whole % 100).padStart(2, "0")}`;
}

export function invoiceOf({ lines, discount = 0, tax = 20 }) {
  const net = Math.round(totalOf(lines) * (1 - discount / 100));
  return { net, tax: Math.round((net * tax) / 100) };
}

export function invoiceText(order) {
  const { net, tax } = invoiceOf(order);
  return `Net ${money(net)}, tax ${money(tax)}, to pay ${money(net + tax)}`;
}
