import type { Promised } from './rows.ts';

/** Mutations that concern the parts of an order. */
export const OF_PARTS: readonly Promised[] = [
  {
    name: "what a line costs depends on the order's lines and charges alone, and all lines together come to the total",
    file: 'services/order/src/domain/shares.ts',
    from: 'byRemainder.slice(0, left)',
    to: 'byRemainder.slice(0, 0)',
    machines: ['simulation'],
  },
  {
    name: 'the pieces of a line come to what the line costs, to the cent',
    file: 'services/order/src/domain/shares.ts',
    from: 'return each * pieces + Math.floor((rest * pieces) / quantity);',
    to: 'return each * pieces + Math.floor(rest / quantity) * pieces;',
    machines: ['simulation'],
  },
  {
    name: 'when nothing is open or kept any more, everything is given back: shipping costs, too',
    file: 'services/order/src/domain/dues.ts',
    from: 'return { due, owed: isOver(lines) ? due : costOf(lines, shares, (line) => line.returned) };',
    to: 'return { due, owed: costOf(lines, shares, (line) => line.returned) };',
    machines: ['simulation'],
  },
  {
    name: 'when only gifts were sent of an order and nothing is open any more, no money stays authorized',
    file: 'services/order/src/domain/part-commands.ts',
    from: '? last : { ...last, voids: true }',
    to: '? last : last',
  },
  {
    name: 'no more of a line is shipped, cancelled or returned than is left of it',
    file: 'services/order/src/domain/lines.ts',
    from: 'if (quantity > most) throw tooHigh(line, most);',
    to: 'if (quantity > most + 1) throw tooHigh(line, most);',
    machines: ['simulation'],
  },
  {
    name: 'each part has a number, and the calls for it have keys of their own',
    file: 'services/order/src/runner/step-calls.ts',
    from: '`${id}:${name}:#${saga.part.number}`',
    to: '`${id}:${name}`',
    machines: ['simulation'],
  },
  {
    name: 'a part of a reservation is settled once, under its own name',
    file: 'services/inventory/src/domain/settlement.ts',
    from: 'const before = ref === undefined ? undefined :',
    to: 'const before = ref ? undefined :',
  },
  {
    name: 'a parcel that was cancelled before it was booked is refused, and no other of its order',
    file: 'services/shipping/src/documents.ts',
    from: 'parcel === undefined ? orderId :',
    to: 'parcel === undefined || orderId ? orderId :',
    machines: ['simulation'],
  },
  {
    name: 'no charge has more decimal places than the currency of the order, whoever names that',
    file: 'services/order/src/domain/pricing.ts',
    from: 'i < charges.length',
    to: 'i < 0',
  },
];
