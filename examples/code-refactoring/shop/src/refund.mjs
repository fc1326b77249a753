// Refunds: what a customer gets back for the items that were returned.

function money(cents) {
  const sign = cents < 0 ? "-" : "";
  const whole = Math.abs(cents);
  return `${sign}$${Math.floor(whole / 100)}.${String(whole % 100).padStart(2, "0")}`;
}

export function refundOf(lines, returned) {
  return lines.filter(({ name }) => returned.includes(name)).reduce((sum, { price }) => sum - price, 0);
}

export function refundText(lines, returned) {
  return `Refund: ${money(refundOf(lines, returned))}`;
}
