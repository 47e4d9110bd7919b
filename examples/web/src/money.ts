// Amounts come as decimal text with exactly the decimals of their currency. They are calculated with as whole minor units (fen, cents,
// yen) in a BigInt, and never as a float: 0.1 + 0.2 is not 0.3 there, and beyond 2^53 not even cents are whole.

export interface Money {
  readonly amount: string;
  readonly currencyCode: string;
}

/** So many minor units: 123450n of "1234.50", 1234n of "1234". */
export function minorUnits({ amount }: Money): bigint {
  return BigInt(amount.replace(".", ""));
}

/** The amount of so many minor units, in the currency of another amount. */
export function ofMinorUnits(units: bigint, like: Money): Money {
  const decimals = decimalsOf(like);
  const digits = String(units < 0n ? -units : units).padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const amount = (units < 0n ? "-" : "") + whole + (decimals ? `.${digits.slice(-decimals)}` : "");
  return { amount, currencyCode: like.currencyCode };
}

/** What is left of `of` without `part`, to the last minor unit. Only amounts of one currency can be compared. */
export function rest(of: Money, part: Money): Money {
  if (of.currencyCode !== part.currencyCode) throw new RangeError(`${of.currencyCode} without ${part.currencyCode}`);
  return ofMinorUnits(minorUnits(of) - minorUnits(part), of);
}

/** As a person reads it. `format` is given the text, which it takes exactly; a number in its place would round. */
export function shown(money: Money, locale?: string): string {
  const decimals = decimalsOf(money);
  const format = new Intl.NumberFormat(locale, {
    style: "currency",
    currency: money.currencyCode,
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  return format.format(money.amount as `${number}`);
}

function decimalsOf({ amount }: Money): number {
  return amount.split(".")[1]?.length ?? 0;
}
