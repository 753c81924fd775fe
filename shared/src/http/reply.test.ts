import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { page } from '../contracts/common.ts';
import { endpoints, problems } from '../contracts/endpoint.ts';
import { replyOf } from './reply.ts';

const Thing = z.object({ size: z.int(), note: z.string().optional() });
const { get } = endpoints('Things');
const reply = replyOf(
  get('/things', {
    summary: '',
    answers: {
      200: { description: 'a thing', schema: Thing },
      202: { description: 'its number', schema: z.number() },
      204: { description: 'nothing' },
      ...problems(404, 'ORDER_NOT_FOUND'),
    },
  }),
);
const replyPage = replyOf(
  get('/things', { summary: '', answers: { 200: { description: 'things', schema: page(Thing) } } }),
);

describe('a reply', () => {
  it('has the status and the body that the contract describes', () => {
    const headers = { 'Content-Type': 'application/json; charset=utf-8' };
    expect(reply(200, { size: 1 })).toEqual({ status: 200, headers, body: '{"size":1}' });
    expect(reply(202, 7, { Location: '/x' })).toEqual({
      status: 202,
      headers: { ...headers, Location: '/x' },
      body: '7',
    });
  });

  it('does not compile with another status, nor with one that carries no JSON', () => {
    // @ts-expect-error no answer of this endpoint
    reply(201, { size: 1 });
    // @ts-expect-error no content
    reply(204, undefined);
    // @ts-expect-error problems are made by what is thrown
    reply(404, { code: 'ORDER_NOT_FOUND' });
  });

  it('does not compile with another body, or with that of another status', () => {
    // @ts-expect-error no number
    reply(200, { size: '1' });
    // @ts-expect-error too little
    reply.tagged(200, {});
    // @ts-expect-error too much
    reply(200, { size: 1, secret: 2 });
    // @ts-expect-error the body of 202
    reply(200, 7);
  });

  it('does not compile as a page of other items, nor where the contract has no page', () => {
    const found = { items: [{ id: 'a', version: 1, data: 'x' }], next: null };
    const req = { originalUrl: '/things' } as never;
    expect(replyPage.page(req, found, () => ({ size: 1 })).body).toBe('{"items":[{"size":1}],"nextCursor":null}');
    // @ts-expect-error other items
    replyPage.page(req, found, (data) => data);
    // @ts-expect-error no page
    reply.page(req, found, () => ({ size: 1 }));
  });
});
