import type { Equivalent } from './mutants.ts';

const inResilience = (name: string) => `shared/src/resilience/${name}.ts`;
const REQUEST = 'shared/src/http/request.ts';

const ONLY_COSTS = 'the same comes out, at a higher price: ';
const TYPE_ONLY = 'only the compiler needs to be told: ';

export const EQUIVALENT_IN_SHARED: readonly Equivalent[] = [
  {
    file: inResilience('breaker'),
    at: 'rollingPercentilesEnabled: false,',
    from: 'false',
    to: 'true',
    why: `${ONLY_COSTS}nobody asks for the percentiles`,
  },
  {
    file: inResilience('breaker'),
    at: 'enableSnapshots: false,',
    from: 'false',
    to: 'true',
    why: `${ONLY_COSTS}nobody listens to the snapshots`,
  },
  {
    file: inResilience('breaker'),
    at: "for (let i = 0; i < SLICES; i++) this.#turns.emit('rotate');",
    from: '<',
    to: '<=',
    why: 'what is empty is emptied once more',
  },
  {
    file: inResilience('call'),
    at: 'waitMs = 0;',
    from: '0',
    to: '1',
    why: 'axios-retry asks for the pause, which is noted here, before it tells anybody of it',
  },
  {
    file: inResilience('client'),
    at: 'this.#axios.interceptors.request.eject(requestInterceptorId);',
    from: 'this.#axios.interceptors.request.eject(requestInterceptorId);',
    to: '',
    why: `${ONLY_COSTS}it notes a time that is compared with a timeout, and no request has one`,
  },
  {
    file: inResilience('client'),
    at: 'const forward = () => deadline.abort(signal?.reason);',
    from: '?.',
    to: '.',
    why: `${TYPE_ONLY}only a signal calls it`,
  },
  {
    file: inResilience('transport'),
    at: '#status = 0;',
    from: '0',
    to: '1',
    why: 'no answer ends before it has begun, with its status',
  },
  {
    file: inResilience('transport'),
    at: 'const body = (this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks)).toString();',
    from: 'this.#chunks.length === 1',
    to: 'false',
    why: `${ONLY_COSTS}a lone piece is copied`,
  },
  {
    file: REQUEST,
    at: 'const text = (chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)).toString();',
    from: 'chunks.length === 1',
    to: 'false',
    why: `${ONLY_COSTS}a lone piece is copied`,
  },
  {
    file: REQUEST,
    at: 'length > 0 &&',
    from: '0',
    to: '1',
    why: `${ONLY_COSTS}a body of one character takes the way of odd ones`,
  },
  {
    file: REQUEST,
    at: 'length <= MAX_BODY_BYTES',
    from: '<=',
    to: '<',
    why: `${ONLY_COSTS}the longest body takes the way of odd ones`,
  },
  {
    file: REQUEST,
    at: "const fault = faultIn(req.body, isPlain(req) && !(req as WithText)[TEXT]?.includes('\\\\u'));",
    from: '?.',
    to: '.',
    why: `${TYPE_ONLY}a plain body has its text`,
  },
  {
    file: REQUEST,
    at: "const fault = faultIn(req.body, isPlain(req) && !(req as WithText)[TEXT]?.includes('\\\\u'));",
    from: "'\\\\u'",
    to: "''",
    why: `${ONLY_COSTS}every text is looked at`,
  },
  {
    file: REQUEST,
    at: "if (typeof value === 'string') return hasNoEscape || isText(value) ? undefined : { path: [], message: NO_TEXT };",
    from: 'hasNoEscape || isText(value)',
    to: 'isText(value)',
    why: `${ONLY_COSTS}what holds no escape is text`,
  },
  {
    file: REQUEST,
    at: 'if (!hasNoEscape && !isText(key)) return { path: [], message: NO_TEXT };',
    from: '!hasNoEscape && !isText(key)',
    to: '!isText(key)',
    why: `${ONLY_COSTS}what holds no escape is text`,
  },
  {
    file: REQUEST,
    at: 'if (!schema) return undefined as T;',
    from: 'undefined as T',
    to: 'undefined',
    why: `${TYPE_ONLY}where there is no schema, T is undefined`,
  },
];
