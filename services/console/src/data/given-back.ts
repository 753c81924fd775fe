import type { Bodies } from '@oms/shared/contracts/endpoint';
import type { listRefunds, listReturns } from '@oms/shared/contracts/order-endpoints';

export type Refunds = Bodies<(typeof listRefunds)['answers']>[200]['items'];
export type Returns = Bodies<(typeof listReturns)['answers']>[200]['items'];
/** Money, goods, or both. `restocked` is absent where no goods came back. */
export type GivenBack = Refunds[number] & { restocked?: boolean };

/** Returns that gave money back are in both lists. Oldest first. */
export function joined(refunds: Refunds, returns: Returns): GivenBack[] {
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
