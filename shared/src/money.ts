/** Money inside is an integer number of minor units; the API speaks decimals. */
export const toCents = (amount: number): number => Math.round(amount * 100);
export const toAmount = (cents: number): number => cents / 100;
