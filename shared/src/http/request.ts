import { createHash } from 'node:crypto';
import express, { type Request } from 'express';
import type { z } from 'zod';
import { Refusal } from '../errors.ts';
import type { RequestKey } from '../store/store.ts';

const MAX_BODY_BYTES = 100 * 1024;
const rawBodies = new WeakMap<object, Buffer>();

/** Parses a JSON body, whatever the method, and keeps its bytes for the fingerprint. */
export const parseJson = express.json({
  limit: MAX_BODY_BYTES,
  strict: false,
  type: isJson,
  verify: (req, _res, bytes) => rawBodies.set(req, bytes),
});

function isJson(req: { headers: Record<string, unknown> }): boolean {
  return /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(String(req.headers['content-type'] ?? ''));
}

export function hasBody(req: Request): boolean {
  return req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
}

export function bodyOf(req: Request): unknown {
  if (!hasBody(req)) return undefined;
  if (!isJson(req)) {
    throw new Refusal(415, 'UNSUPPORTED_MEDIA_TYPE', 'The body must be JSON, with Content-Type: application/json.');
  }
  refusePrototypeKeys(req.body, 'body');
  return req.body;
}

const FORBIDDEN_KEYS = ['__proto__', 'constructor', 'prototype'];

/** No contract nests this deep; a body that does is made to exhaust the stack. */
const DEEPEST = 20;

function refusePrototypeKeys(value: unknown, path: string, depth = 0): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > DEEPEST) throw invalid([{ path: 'body', message: `must not nest deeper than ${DEEPEST} levels` }]);
  for (const key of Object.keys(value)) {
    if (FORBIDDEN_KEYS.includes(key)) throw invalid([{ path: `${path}.${key}`, message: 'is not an allowed key' }]);
    refusePrototypeKeys((value as Record<string, unknown>)[key], `${path}.${key}`, depth + 1);
  }
}

export function parsed<T>(schema: z.ZodType<T> | undefined, value: unknown, where: string): T {
  if (!schema) return undefined as T;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalid(
    result.error.issues.map(({ path, message }) => ({
      path: path.length === 0 ? where : path.join('.'),
      message: value === undefined ? 'is required' : message,
    })),
  );
}

export function invalid(errors: { path: string; message: string }[]): Refusal {
  const summary = errors
    .slice(0, 5)
    .map(({ path, message }) => `${path}: ${message}`)
    .join('; ');
  return new Refusal(400, 'VALIDATION_FAILED', summary, { errors });
}

const KEY = /^(?:"([\x20-\x21\x23-\x7e]{1,255})"|([\x21\x23-\x7e][\x20-\x7e]{0,254}))$/;

/** The Idempotency-Key, if there is one and it can be; quoted and bare are the same key. */
export function idempotencyKeyIn({ headers }: Request): string | undefined {
  const match = KEY.exec(String(headers['idempotency-key'] ?? ''));
  return match?.[1] ?? match?.[2];
}

/** The key under which the answer to this request is remembered. */
export function requestKeyOf(req: Request): RequestKey | undefined {
  if (req.headers['idempotency-key'] === undefined) return undefined;
  const key = idempotencyKeyIn(req);
  if (key === undefined) {
    throw invalid([{ path: 'Idempotency-Key', message: 'must be 1 to 255 printable ASCII characters' }]);
  }
  // In the name of another customer it is another request: his answer is not for this one.
  const customer = req.headers['x-customer-id'];
  const digest = createHash('sha1')
    .update(`${req.method} ${req.originalUrl}\n`)
    .update(customer === undefined ? '' : `${customer}\n`)
    .update(rawBodies.get(req) ?? '');
  return { key, fingerprint: digest.digest('base64') };
}
