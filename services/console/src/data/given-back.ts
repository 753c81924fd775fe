import type { OrderRefund, OrderReturn } from '@oms/client';

/** Money, goods, or both. `restocked` is absent where no goods came back. */
export type GivenBack = OrderRefund & { restocked?: boolean };

/** Returns that gave money back are in both lists. Oldest first. */
export function joined(refunds: readonly OrderRefund[], returns: readonly OrderReturn[]): GivenBack[] {
  const goods = new Map(returns.map((one) => [one.number, one]));
  const withMoney = refunds.map((one): GivenBack => {
    const restocked = one.kind === 'return' ? goods.get(one.number)?.restocked : undefined;
    return restocked === undefined ? one : { ...one, restocked };
  });
  const told = new Set(refunds.flatMap(({ kind, number }) => (kind === 'return' ? [number] : [])));
  const goodsOnly = returns
    .filter(({ number }) => !told.has(number))
    .map((one) => ({ ...one, kind: 'return' as const }));
  return [...withMoney, ...goodsOnly].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
