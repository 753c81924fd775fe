import type { Order } from '@oms/client';
import { decimalsOf } from '../words/currencies.ts';
import { money } from '../words/format.ts';
import type { Action, Field } from './action.ts';
import { type Choice, chosen, openLines, returnableLines, type Values } from './choices.ts';
import type { Request } from './curl.ts';

/** What can be done with an order as a whole, or with some pieces of it. */

const REASON: Field = { name: 'reason', label: 'Reason (if there is one)' };
const ADDRESS: readonly Field[] = [
  { name: 'street', label: 'Street', isRequired: true, initial: '12 Main St' },
  { name: 'city', label: 'City', isRequired: true, initial: 'Springfield' },
  { name: 'zip', label: 'Zip', isRequired: true, initial: '12345' },
  { name: 'country', label: 'Country (two letters)', isRequired: true, initial: 'US' },
];
const RESTOCK: Field = { name: 'restock', label: 'Back to stock', isCheck: true, initial: 'on' };
const CARRIER: Field = { name: 'carrier', label: 'Carrier', options: ['STANDARD', 'EXPRESS', 'OVERNIGHT'] };

export const fulfil = (order: Order, path: string): Action | false =>
  ofLines(openLines(order), {
    name: 'fulfill',
    label: 'Fulfil',
    tone: 'primary',
    fields: order.shippingAddress ? [CARRIER] : [CARRIER, ...ADDRESS],
    request({ carrier, ...values }) {
      const { street, city, zip, country } = values;
      const body = order.shippingAddress ? { carrier } : { carrier, shippingAddress: { street, city, zip, country } };
      return { method: 'POST', path: `${path}/fulfill`, body };
    },
  });

export const cancel = (order: Order, path: string, inPart: boolean): Action => {
  const request = ({ reason }: Values): Request => ({
    ...{ method: 'POST', path: `${path}/cancel`, body: reason ? { reason } : {} },
  });
  const whole: Action = { name: 'cancel', label: 'Cancel', tone: 'danger', fields: [REASON], request };
  return (inPart && ofLines(openLines(order), whole)) || whole;
};

export const cancelRest = (order: Order, path: string): Action | false =>
  ofLines(openLines(order), { ...cancel(order, path, false), label: 'Cancel open items' });

export const takeBack = (order: Order, path: string, isOperator: boolean): Action | false =>
  ofLines(returnableLines(order), {
    name: 'return',
    label: 'Return',
    fields: isOperator
      ? [REASON, amountField(order, `Refund in ${order.currency} (empty: their share)`), RESTOCK]
      : [REASON],
    request({ reason, amount, restock }) {
      const body = {
        ...(reason ? { reason } : {}),
        ...(amount ? { refund: Number(amount) } : {}),
        ...(isOperator && restock === undefined ? { restock: false } : {}),
      };
      return { method: 'POST', path: `${path}/return`, body };
    },
  });

/** Money without goods. */
export function refund(order: Order, path: string): Action | false {
  const decimals = decimalsOf(order.currency);
  const left = Number((order.captured - order.refunded).toFixed(decimals));
  if (!(left > 0)) return false;
  const amount = amountField(order, `Amount, at most ${money(left, order.currency)}`);
  return {
    ...{ name: 'refund', label: 'Refund' },
    fields: [
      { ...amount, isRequired: true, example: String(left) },
      { ...REASON, label: 'Reason', isRequired: true },
    ],
    request: ({ amount: given, reason }) => ({
      ...{ method: 'POST', path: `${path}/refund`, body: { amount: Number(given), reason } },
    }),
  };
}

const amountField = ({ currency }: Order, label: string): Field => ({
  ...{ name: 'amount', label, step: 10 ** -decimalsOf(currency) },
});

/** An action with the pieces that are left; there is none without pieces. A single piece is no choice. */
function ofLines(left: readonly Choice[], action: Action): Action | false {
  const pieces = left.reduce((sum, { most }) => sum + most, 0);
  if (pieces === 0) return false;
  if (pieces === 1) return action;
  return {
    ...action,
    lines: left,
    request(values) {
      const items = chosen(left, values);
      const request = action.request(values);
      return items ? { ...request, body: { ...(request.body as object), items } } : request;
    },
  };
}
