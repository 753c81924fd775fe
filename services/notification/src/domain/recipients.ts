/** The addresses and numbers to which a customer's messages went lately. Their number is limited, whoever names them. */
export interface Recipients {
  kind: 'recipients';
  customerId: string;
  addresses: readonly { address: string; until: number }[];
}

const KEPT_MS = 24 * 60 * 60 * 1000;

/** With the address added; unchanged if it was there, undefined if there are too many. */
export function withAddress(
  known: Recipients | undefined,
  customerId: string,
  to: string,
  now: number,
  most: number,
): Recipients | undefined {
  const address = to.toLowerCase();
  // A later time was written while a clock was ahead: it does not count.
  const addresses = (known?.addresses ?? []).filter(({ until }) => until > now && until <= now + KEPT_MS);
  if (known && addresses.some((one) => one.address === address)) return known;
  if (addresses.length >= most) return undefined;
  return { kind: 'recipients', customerId, addresses: [...addresses, { address, until: now + KEPT_MS }] };
}
