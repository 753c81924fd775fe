import { describe, expect, it } from '@jest/globals';
import { Refusal } from '@oms/shared/errors';
import { apply, change, create, isOnSale, onSale, type Product, type ProductEvent, remove } from './product.ts';

const refusal = (status: number, code: string) => expect.objectContaining({ name: Refusal.name, status, code });
const lamp = { name: 'Lamp', description: 'Warm light', price: 10.99, category: 'Office', sku: 'L-1' };
const after = (...events: ProductEvent[]) =>
  events.reduce<Product | undefined>((known, event, i) => apply(known, event, i + 1), undefined) as Product;

const inDollars = (priceCents: number) => ({ priceCents, currency: 'USD', decimals: 2 });

const created = after(create(undefined, 'P1', lamp));
const deleted = after(create(undefined, 'P1', lamp), remove(created, 'P1'));

describe('an unknown product', () => {
  it('is created with its price in minor units of its currency, by default dollars', () =>
    expect(create(undefined, 'P1', lamp)).toEqual({
      type: 'product.created',
      data: {
        productId: 'P1',
        name: 'Lamp',
        description: 'Warm light',
        priceCents: 1099,
        currency: 'USD',
        decimals: 2,
        category: 'Office',
        sku: 'L-1',
      },
    }));
  it('can be neither changed nor deleted', () => {
    expect(() => change(undefined, 'P1', { price: 1 })).toThrow(refusal(404, 'PRODUCT_NOT_FOUND'));
    expect(() => remove(undefined, 'P1')).toThrow(refusal(404, 'PRODUCT_NOT_FOUND'));
    expect(() => onSale(undefined, 'P1')).toThrow(refusal(404, 'PRODUCT_NOT_FOUND'));
  });
});

describe('a product on sale', () => {
  it('cannot be created again', () =>
    expect(() => create(created, 'P1', lamp)).toThrow(refusal(409, 'PRODUCT_EXISTS')));
  it('changes the given fields, and its event has all of them', () => {
    const event = change(created, 'P1', { price: 12.5, name: 'Tall lamp' }) as ProductEvent;
    expect(event).toEqual({
      type: 'product.changed',
      data: {
        productId: 'P1',
        name: 'Tall lamp',
        description: 'Warm light',
        priceCents: 1250,
        currency: 'USD',
        decimals: 2,
        category: 'Office',
        sku: 'L-1',
      },
    });
    expect(apply(created, event, 7)).toEqual({ ...created, name: 'Tall lamp', priceCents: 1250, updatedAt: 7 });
  });
  it('does not change when nothing is new', () => {
    expect(change(created, 'P1', {})).toBeUndefined();
    expect(change(created, 'P1', { ...lamp })).toBeUndefined();
  });
  it('changes its currency together with its price', () => {
    const inYen = apply(created, change(created, 'P1', { price: 1_100, currency: 'JPY' }) as ProductEvent, 3);
    expect(inYen).toMatchObject({ priceCents: 1_100, currency: 'JPY', decimals: 0 });
    expect(change(inYen, 'P1', { price: 1_200 })).toMatchObject({ data: { priceCents: 1_200, currency: 'JPY' } });
    expect(() => change(inYen, 'P1', { price: 10.5 })).toThrow(refusal(400, 'VALIDATION_FAILED'));
  });
  it('from before products had a currency is sold in dollars', () => {
    const old: Product = { productId: 'P1', name: 'Lamp', priceCents: 1099, createdAt: 1, updatedAt: 1 };
    expect(change(old, 'P1', { price: 10.99, currency: 'USD' })).toBeUndefined();
    expect(change(old, 'P1', { name: 'Tall lamp' })).toMatchObject({ data: inDollars(1099) });
    expect(change(old, 'P1', { price: 12.5 })).toMatchObject({ data: inDollars(1250) });
    expect(() => change(old, 'P1', { price: 12.505 })).toThrow(refusal(400, 'VALIDATION_FAILED'));
  });
  it('stays stored, marked as deleted', () => {
    expect(deleted).toEqual({ ...created, deletedAt: 2 });
    expect([created, deleted, undefined].map((one) => isOnSale(one))).toEqual([true, false, false]);
  });
});

describe('a deleted product', () => {
  it('is unknown', () => {
    expect(() => onSale(deleted, 'P1')).toThrow(refusal(404, 'PRODUCT_NOT_FOUND'));
    expect(() => change(deleted, 'P1', { price: 1 })).toThrow(refusal(404, 'PRODUCT_NOT_FOUND'));
    expect(() => remove(deleted, 'P1')).toThrow(refusal(404, 'PRODUCT_NOT_FOUND'));
  });
  it('can be created again, with nothing left of the old one', () => {
    const anew = apply(deleted, create(deleted, 'P1', { name: 'Chair', price: 5 }), 9);
    expect(anew).toEqual({ productId: 'P1', name: 'Chair', ...inDollars(500), createdAt: 9, updatedAt: 9 });
  });
});
