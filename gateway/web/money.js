// Amounts as the endpoint writes them: exact decimal text, held as an integer of minor units. No float, not even on the way.

const GROUPS = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** `amount` as {minor, decimals, currency}; null stays null. */
export function read(money) {
  if (!money) return null;
  const [whole, part = ""] = money.amount.split(".");
  return { minor: BigInt(whole + part), decimals: part.length, currency: money.currencyCode };
}

/** "1,234.50", without the currency. */
export function digits({ minor, decimals }) {
  const text = String(minor < 0n ? -minor : minor).padStart(decimals + 1, "0");
  const whole = GROUPS.format(BigInt(text.slice(0, text.length - decimals)));
  const part = decimals ? `.${text.slice(-decimals)}` : "";
  return `${minor < 0n ? "\u2212" : ""}${whole}${part}`;
}

/** "CNY 1,234.50". */
export function spoken(value) {
  return `${value.currency}\u00a0${digits(value)}`;
}

/** "CNY 50,000" where there is nothing behind the point. */
export function round(value) {
  return spoken(value).replace(/\.0+$/, "");
}

/** "1234.50", as the endpoint writes it. */
export function plain(value) {
  return digits(value).replaceAll(",", "").replace("\u2212", "-");
}

/** The amount at a share (0 to 1) of the way from one to another of the same currency. */
export function between(from, to, share) {
  const millionths = BigInt(Math.round(share * 1e6));
  return { ...to, minor: from.minor + ((to.minor - from.minor) * millionths) / 1_000_000n };
}

/** The sum of amounts of one currency. */
export function sum(values) {
  return values.reduce((all, value) => ({ ...all, minor: all.minor + value.minor }));
}
