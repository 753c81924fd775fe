import { hash } from 'node:crypto';
import express, { type Request, type Response } from 'express';
import type { z } from 'zod';
import type { Caller } from '../contracts/caller.ts';
import { Refusal } from '../errors.ts';
import type { RequestKey } from '../store/store.ts';
import { currentTrace, whileRecorded } from '../telemetry/trace.ts';
import { isText, NO_TEXT } from './text.ts';

const MAX_BODY_BYTES = 100 * 1024;

/** The text of a body is kept with the request, for the fingerprint. */
const TEXT = Symbol();
type WithText = Request & { [TEXT]?: string };

/** Parses a JSON body, whatever the method. */
export function parseJson(req: WithText, res: Response, next: (error?: unknown) => void): void {
  if (!isPlain(req)) return void parseOddJson(req, res, next);
  const trace = currentTrace();
  const chunks: Buffer[] = [];
  req.on('data', (chunk: Buffer) => chunks.push(chunk));
  req.on('error', () => next({ status: 400 }));
  req.on('end', () => {
    const text = (chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)).toString();
    req[TEXT] = text;
    try {
      req.body = JSON.parse(text);
    } catch {
      return whileRecorded(trace, () => next({ type: 'entity.parse.failed' }));
    }
    whileRecorded(trace, next);
  });
}

/** What clients usually send: plain JSON of a known length within the limit. */
function isPlain({ headers }: Request): boolean {
  const length = Number(headers['content-length']);
  return (
    headers['content-type'] === 'application/json' &&
    !headers['content-encoding'] &&
    length > 0 &&
    length <= MAX_BODY_BYTES
  );
}

/** All other JSON: compressed, in another charset, chunked, or too long. */
const parseOddJson = express.json({
  limit: MAX_BODY_BYTES,
  strict: false,
  type: isJson,
  verify: (req, _res, bytes) => {
    (req as WithText)[TEXT] = bytes.toString();
  },
});

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

function isJson({ headers }: { headers: Record<string, unknown> }): boolean {
  return JSON_TYPE.test(String(headers['content-type']));
}

export function hasBody(req: Request): boolean {
  return req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length']) > 0;
}

export function bodyOf(req: Request): unknown {
  if (!hasBody(req)) return undefined;
  if (!isJson(req)) {
    throw new Refusal(415, 'UNSUPPORTED_MEDIA_TYPE', 'The body must be JSON, with Content-Type: application/json.');
  }
  const fault = faultIn(req.body, isPlain(req) && !(req as WithText)[TEXT]?.includes('\\u'));
  if (fault) throw invalid([{ path: ['body', ...fault.path].join('.'), message: fault.message }]);
  return req.body;
}

interface Fault {
  path: string[];
  message: string;
}

const FORBIDDEN_KEYS = ['__proto__', 'constructor', 'prototype'];

/** No contract nests this deep. A body that does is meant to exhaust the stack. */
const DEEPEST = 20;

/**
 * A key that would change the prototype of an object, or a string that is not valid text; undefined: neither. Without
 * escapes, all strings of the JSON are valid text.
 */
function faultIn(value: unknown, hasNoEscape: boolean, depth = 0): Fault | undefined {
  if (typeof value === 'string') return hasNoEscape || isText(value) ? undefined : { path: [], message: NO_TEXT };
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > DEEPEST) throw invalid([{ path: 'body', message: `must not nest deeper than ${DEEPEST} levels` }]);
  for (const key of Object.keys(value)) {
    if (FORBIDDEN_KEYS.includes(key)) return { path: [key], message: 'is not an allowed key' };
    if (!hasNoEscape && !isText(key)) return { path: [], message: NO_TEXT };
    const below = faultIn((value as Record<string, unknown>)[key], hasNoEscape, depth + 1);
    if (below) return { path: [key, ...below.path], message: below.message };
  }
  return undefined;
}

export function parsed<T>(schema: z.ZodType<T> | undefined, value: unknown, where: string): T {
  if (!schema) return undefined as T;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalid(
    result.error.issues.flatMap(inDetail).map(({ path, message }) => ({
      path: path.length === 0 ? where : path.join('.'),
      message: value === undefined ? 'is required' : message,
    })),
  );
}

/** Of alternatives, what is wrong with the one that is meant: the first that has the kind of the value. */
function inDetail(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const meant = issue.errors.find(([first]) => first && (first.code !== 'invalid_type' || first.path.length > 0));
  return meant?.flatMap((one) => inDetail({ ...one, path: [...issue.path, ...one.path] })) ?? [issue];
}

export function invalid(errors: { path: string; message: string }[]): Refusal {
  const summary = errors
    .slice(0, 5)
    .map(({ path, message }) => `${path}: ${message}`)
    .join('; ');
  return new Refusal(400, 'VALIDATION_FAILED', summary, { errors });
}

export const IDEMPOTENCY_KEY = /^(?:"([\x20-\x21\x23-\x7e]{1,255})"|([\x21\x23-\x7e][\x20-\x7e]{0,254}))$/;

/** The Idempotency-Key, if there is a valid one; quoted and bare are the same key. */
export function idempotencyKeyIn({ headers }: Request): string | undefined {
  const match = IDEMPOTENCY_KEY.exec(String(headers['idempotency-key'] ?? ''));
  return match?.[1] ?? match?.[2];
}

/** The key under which the answer to this request is remembered. */
export function requestKeyOf(req: Request, caller: Caller): RequestKey | undefined {
  if (req.headers['idempotency-key'] === undefined) return undefined;
  const key = idempotencyKeyIn(req);
  if (key === undefined) {
    throw invalid([{ path: 'Idempotency-Key', message: 'must be 1 to 255 printable ASCII characters' }]);
  }
  // The same request of another customer is another request, and must not get the answer of this one.
  const whose =
    caller.kind === 'customer' ? `${caller.id}\n` : caller.kind === 'checkout' ? `checkout:${caller.id}\n` : '';
  const request = `${req.method} ${req.originalUrl}\n${whose}`;
  return { key, fingerprint: hash('sha1', request + ((req as WithText)[TEXT] ?? ''), 'base64') };
}
