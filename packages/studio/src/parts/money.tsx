// Money and tokens. In: a number, or null if it is not known. Out: text; an unknown number is never 0.

/** As the library writes it: `0.41 USD`, three figures that count, and cents above 10. */
export const moneyText = (usd: number): string =>
  `${usd.toLocaleString("en-US", usd < 10 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 2 })}\u00a0USD`;

export const countText = (count: number): string => count.toLocaleString("en-US");

interface MoneyProps {
  readonly usd: number | null;
  /** Why it is not known. */
  readonly why?: string;
}

export function Money({ usd, why = "A price or the usage of tokens is missing." }: MoneyProps) {
  return usd === null ? <NotKnown why={why} /> : <span class="nowrap">{moneyText(usd)}</span>;
}

interface TokensProps {
  readonly count: number | null;
  readonly why?: string;
}

export function Tokens({ count, why = "The provider reported no usage of tokens." }: TokensProps) {
  return count === null ? <NotKnown why={why} /> : <span class="nowrap">{countText(count)}</span>;
}

function NotKnown({ why }: { readonly why: string }) {
  return (
    <span class="faint" title={why}>
      not known<span class="vh">: {why}</span>
    </span>
  );
}
