// Money and tokens. In: a number, or null if it is not known. Out: text; an unknown number is never 0.

/** `0.41 USD`; small amounts keep two digits that say something. */
export function moneyText(usd: number): string {
  const digits = usd === 0 || usd >= 0.1 ? 2 : Math.min(8, 1 - Math.floor(Math.log10(Math.abs(usd))));
  return `${usd.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: digits })}\u00a0USD`;
}

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
