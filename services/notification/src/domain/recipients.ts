/** To which addresses a customer has had mails sent lately: so many and no more, whoever names them. */
export interface Recipients {
  kind: 'recipients';
  customerId: string;
  addresses: readonly { address: string; until: number }[];
}

const KEPT_MS = 24 * 60 * 60 * 1000;

/** With that address among them; the same when it was already, and undefined when there are too many. */
export function withAddress(
  known: Recipients | undefined,
  customerId: string,
  email: string,
  now: number,
  most: number,
): Recipients | undefined {
  const address = email.toLowerCase();
  // What seems to be kept for longer was written while a clock was ahead.
  const addresses = (known?.addresses ?? []).filter(({ until }) => until > now && until <= now + KEPT_MS);
  if (known && addresses.some((one) => one.address === address)) return known;
  if (addresses.length >= most) return undefined;
  return { kind: 'recipients', customerId, addresses: [...addresses, { address, until: now + KEPT_MS }] };
}
