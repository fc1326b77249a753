// The cart of a shop: lines with a name, a price in cents and a count.

function money(cents) {
  const sign = cents < 0 ? "-" : "";
  const whole = Math.abs(cents);
  return `${sign}$${Math.floor(whole / 100)}.${String(whole % 100).padStart(2, "0")}`;
}

export function totalOf(lines) {
  return lines.reduce((sum, { price, count }) => sum + price * count, 0);
}

export function cartText(lines) {
  const rows = lines.map(({ name, price, count }) => `${count} x ${name}: ${money(price * count)}`);
  return [...rows, `Total: ${money(totalOf(lines))}`].join("\n");
}
