import { describe, expect, it } from '@jest/globals';
import { AxiosError, type AxiosResponse } from 'axios';
import type { Config } from './call.ts';
import { Extras } from './call.ts';
import { Cut } from './cut.ts';
import { accepted, failed, isWorthRetrying, outcomeOf, reasonOf, received } from './outcome.ts';

const configOf = (method: 'GET' | 'POST', key?: string, signal?: Cut) =>
  ({
    extras: new Extras({ method, path: '/', ...(key ? { key } : {}), ...(signal ? { signal } : {}) }, {}, undefined),
  }) as Config;
const config = configOf('GET');
const answered = (status: number, data: unknown = undefined) => ({ status, data, config }) as unknown as AxiosResponse;
const got = (status: number, body = '', headers = {}) => received(config, { status, headers, body });
const thrownBy = (run: () => unknown) => {
  try {
    return run();
  } catch (error) {
    return error;
  }
};

describe('an answer that was received', () => {
  it('has its data and the configuration of its call', () => {
    expect(got(200, '{"a":1}')).toMatchObject({ status: 200, statusText: '', data: { a: 1 }, config });
  });

  it.each([
    ['', undefined],
    ['<html>', undefined],
    ['null', null],
  ])('whose body is %j has the data %j', (body, data) => {
    expect(got(200, body).data).toEqual(data);
  });

  it('keeps its headers when it is a refusal, and none otherwise', () => {
    const said = (status: number) => got(status, '', { 'retry-after': '3' }).headers['retry-after'];
    expect([said(399), said(400), said(429)]).toEqual([undefined, '3', '3']);
  });

  it.each([500, 503])('with %i is a failure of the target, and says so with its headers', (status) => {
    const error = thrownBy(() => got(status, '{"code":"X"}', { 'retry-after': '3' })) as AxiosError;
    expect([error.message, error.code, error.response?.status]).toEqual([
      `answered ${status}`,
      'ERR_BAD_RESPONSE',
      status,
    ]);
    expect(error.response?.headers['retry-after']).toBe('3');
    expect(error.config).toBe(config);
  });

  it('with 499 is no failure of the target', () => expect(got(499).status).toBe(499));

  it.each([
    [502, '{"code":"PROVIDER_ERROR"}', 'EONEREQUEST'],
    [503, '{"code":"PROVIDER_ERROR"}', 'ERR_BAD_RESPONSE'],
    [502, '{"code":"OTHER"}', 'ERR_BAD_RESPONSE'],
    [502, '', 'ERR_BAD_RESPONSE'],
  ])('with %i %s is about %s', (status, body, code) => {
    expect(thrownBy(() => got(status, body))).toMatchObject({ code });
  });
});

describe('an answer that says "later"', () => {
  it.each([
    [401, undefined],
    [403, undefined],
    [429, undefined],
    [409, { code: 'REQUEST_IN_PROGRESS' }],
  ])('is %i %j', (status, data) => {
    const error = thrownBy(() => accepted(answered(status, data)));
    expect(error).toMatchObject({ message: `answered ${status}`, code: 'ELATER', response: { status } });
  });

  it.each([
    [200, undefined],
    [400, { code: 'REQUEST_IN_PROGRESS' }],
    [402, undefined],
    [404, undefined],
    [409, undefined],
    [409, { code: 'OUT_OF_STOCK' }],
  ])('is not %i %j', (status, data) => {
    const answer = answered(status, data);
    expect(accepted(answer)).toBe(answer);
  });
});

describe('what is worth a retry', () => {
  const worth = (of: Config | undefined) => isWorthRetrying(new AxiosError('x', 'X', of));
  const givenUp = new Cut();
  givenUp.abort('no more');

  it('is a GET, or a request with a key', () => {
    expect([worth(configOf('GET')), worth(configOf('POST', 'k')), worth(configOf('POST'))]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('is no request that its caller aborted, and none that never became a call', () => {
    expect([worth(configOf('GET', 'k', givenUp)), worth(configOf('GET', 'k', new Cut())), worth(undefined)]).toEqual([
      false,
      true,
      false,
    ]);
  });
});

describe('the outcome of an answer', () => {
  it('is done below 300, and refused from there on', () => {
    expect(outcomeOf(answered(299, { a: 1 }))).toEqual({ kind: 'done', status: 299, data: { a: 1 } });
    expect(outcomeOf(answered(300))).toMatchObject({ kind: 'refused', status: 300 });
  });

  it('is refused with what its problem says', () => {
    const problem = { code: 'OUT_OF_STOCK', detail: 'Not enough.' };
    expect(outcomeOf(answered(409, problem))).toEqual({
      ...{ kind: 'refused', status: 409, code: 'OUT_OF_STOCK', reason: 'Not enough.', problem },
    });
  });

  it.each([[null], ['text'], [undefined], [7]])('is refused with its status when its data is %j', (data) => {
    expect(outcomeOf(answered(404, data))).toEqual({
      ...{ kind: 'refused', status: 404, code: 'HTTP_404', reason: 'answered 404', problem: {} },
    });
  });
});

describe('the reason of a failure', () => {
  const broken = (message: string, about: object = {}) => failed(config, Object.assign(new Error(message), about));
  const refused = (status: number, data: unknown) => new AxiosError('x', 'X', config, null, answered(status, data));

  it.each([
    ['EOPENBREAKER', 'the circuit breaker is open'],
    ['ESEMLOCKED', 'too many calls under way'],
    ['ERR_CANCELED', 'the caller gave up'],
  ])('has words for %s', (code, reason) => {
    expect(reasonOf(Object.assign(new Error('something else'), { code }))).toBe(reason);
  });

  it('is the status, with the code of the problem', () => {
    expect(reasonOf(refused(503, { code: 'DOWN' }))).toBe('answered 503 DOWN');
    expect([reasonOf(refused(503, undefined)), reasonOf(refused(503, {}))]).toEqual(['answered 503', 'answered 503']);
  });

  it('never names an address, whatever the system says', () => {
    const at = 'connect ECONNREFUSED 10.1.2.3:80';
    expect(reasonOf(broken(at, { code: 'ECONNREFUSED', syscall: 'connect' }))).toBe('no connection (ECONNREFUSED)');
    expect(reasonOf(broken('read ECONNRESET 10.1.2.3', { code: 'ECONNRESET', syscall: 'read' }))).toBe(
      'read ECONNRESET',
    );
  });

  it('is the message of the error, with its code if the message lacks it', () => {
    expect(reasonOf(broken('other side closed', { code: 'UND_ERR_SOCKET' }))).toBe(
      'other side closed (UND_ERR_SOCKET)',
    );
    expect(reasonOf(broken('it was UND_ERR_SOCKET', { code: 'UND_ERR_SOCKET' }))).toBe('it was UND_ERR_SOCKET');
    expect(reasonOf(broken('no answer within 5 ms'))).toBe('no answer within 5 ms');
    expect(reasonOf(broken('broken', { syscall: 'read' }))).toBe('read ENETWORK');
    expect(reasonOf(new Error('no code at all'))).toBe('no code at all');
  });

  it('is kept with its cause', () => {
    const cause = new Error('deep');
    expect(failed(config, cause)).toMatchObject({ message: 'deep', code: 'ENETWORK', cause, config });
  });
});
