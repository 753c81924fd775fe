import { promisify } from 'node:util';
import { brotliCompress, brotliCompressSync, constants, gzip, gzipSync } from 'node:zlib';
import type { Request, RequestHandler, Response } from 'express';

/** The smaller and cheaper one first. */
const ENCODINGS = ['br', 'gzip'] as const;
type Encoding = (typeof ENCODINGS)[number];

/** Of smaller answers nothing is gained. */
const LEAST_BYTES = 1_024;
/** Larger ones are passed on as they come. */
const MOST_BYTES = 1_048_576;
/** Up to here another thread costs more than compressing, which takes a tenth of a millisecond at most. */
const AT_ONCE_BYTES = 65_536;
/** Answers that are compressed, or that their clients have not read yet. While they are so many, others are sent as they are. */
const MOST_HELD_BYTES = 32 * 1_048_576;
/** No client needs a longer Accept-Encoding. */
const LONGEST_ACCEPTED = 200;

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\b/i;
/** The answer holds a secret, or somebody has said that nobody may change it. */
const KEPT = /no-store|no-transform/i;

interface Beginning {
  status: number;
  headers: Record<string, string | string[] | number | undefined>;
}

/** Compresses JSON for clients that accept it. */
export class Compression {
  #held = 0;

  /** Sets the headers of an answer that is about to begin. If it is to be compressed, its body goes through what this returns. */
  begin(res: Response, beginning: Beginning): Compressed | undefined {
    const { method, headers } = res.req;
    if (beginning.status === 304) return void tagAsKnown(res, headers['if-none-match']);
    const bytes = bytesToCompress(beginning);
    if (bytes === 0) return undefined;
    res.vary('Accept-Encoding');
    const encoding = encodingFor(headers['accept-encoding'] as string | undefined);
    if (!encoding || res.destroyed || this.#held + bytes > MOST_HELD_BYTES) return undefined;
    res.removeHeader('Content-Length');
    res.setHeader('Content-Encoding', encoding);
    const { etag } = beginning.headers;
    if (etag !== undefined) res.setHeader('ETag', encodedTag(String(etag), encoding));
    if (method === 'HEAD') return undefined;
    this.#held += bytes;
    res.once('close', () => (this.#held -= bytes));
    return new Compressed(res, encoding);
  }

  /** Compresses what later handlers answer as a whole. */
  readonly whole: RequestHandler = (_req, res, next) => {
    const end = res.end;
    res.end = ((...given: Parameters<Response['end']>) => {
      res.end = end;
      const [body] = given as unknown[];
      const isWhole = typeof body === 'string' || Buffer.isBuffer(body) || res.req.method === 'HEAD';
      const compressed =
        isWhole && !res.headersSent && this.begin(res, { status: res.statusCode, headers: res.getHeaders() });
      if (!compressed) return end.apply(res, given);
      compressed.add(Buffer.isBuffer(body) ? body : Buffer.from(body as string));
      compressed.end();
      return res;
    }) as Response['end'];
    next();
  };
}

/** The body of one answer. Its client gets nothing of it unless it is complete. */
export class Compressed {
  #chunks: Buffer[] = [];

  constructor(
    private readonly res: Response,
    private readonly encoding: Encoding,
  ) {}

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  end(): void {
    const body = Buffer.concat(this.#chunks);
    this.#chunks = [];
    if (body.length <= AT_ONCE_BYTES) return void this.#send(AT_ONCE[this.encoding](body));
    ELSEWHERE[this.encoding](body).then(
      (encoded) => this.#send(encoded),
      () => this.res.destroy(),
    );
  }

  #send(encoded: Buffer): void {
    if (this.res.destroyed || this.res.writableEnded) return;
    this.res.setHeader('Content-Length', encoded.length);
    this.res.end(encoded);
  }
}

const CHEAP = { br: { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }, gzip: { level: 1 } } as const;
const AT_ONCE: Record<Encoding, (body: Buffer) => Buffer> = {
  br: (body) => brotliCompressSync(body, CHEAP.br),
  gzip: (body) => gzipSync(body, CHEAP.gzip),
};
const [brElsewhere, gzipElsewhere] = [promisify(brotliCompress), promisify(gzip)];
const ELSEWHERE: Record<Encoding, (body: Buffer) => Promise<Buffer>> = {
  br: (body) => brElsewhere(body, CHEAP.br),
  gzip: (body) => gzipElsewhere(body, CHEAP.gzip as object),
};

/** How long the body is, if it can be compressed; else 0. Of a stream nobody knows the length. */
function bytesToCompress({ status, headers }: Beginning): number {
  if (status < 200 || status === 204 || status === 206) return 0;
  const bytes = Number(headers['content-length'] ?? 0);
  if (!(bytes >= LEAST_BYTES && bytes <= MOST_BYTES)) return 0;
  if (headers['content-encoding'] !== undefined || !JSON_TYPE.test(String(headers['content-type']))) return 0;
  return KEPT.test(String(headers['cache-control'])) ? 0 : bytes;
}

const WEIGHT = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/** The encoding that an Accept-Encoding prefers (RFC 9110); undefined: the answer as it is. */
export function encodingFor(accepted: string | undefined): Encoding | undefined {
  if (accepted === undefined || accepted.length > LONGEST_ACCEPTED) return undefined;
  const weights = new Map<string, number>();
  for (const one of accepted.toLowerCase().split(',')) {
    const [name = '', weight] = one.split(';').map((part) => part.trim());
    weights.set(name, weight === undefined ? 1 : Number(WEIGHT.exec(weight)?.[1] ?? 0));
  }
  const others = weights.get('*') ?? 0;
  const weightOf = (name: Encoding) => weights.get(name) ?? others;
  const [best] = [...ENCODINGS].sort((a, b) => weightOf(b) - weightOf(a)) as [Encoding];
  return weightOf(best) > 0 && weightOf(best) >= (weights.get('identity') ?? 0) ? best : undefined;
}

/** Each encoding has other bytes, and so another strong tag. The services' own tags have no such end. */
const encodedTag = (tag: string, encoding: Encoding): string => tag.replace(/"$/, `+${encoding}"`);
const ENCODED = /\+(?:br|gzip)"/g;

/** The tags that a client names, as the service has given them. */
export function decodeTags(headers: Record<string, string>): void {
  for (const name of ['if-match', 'if-none-match']) {
    const tags = headers[name];
    if (tags !== undefined) headers[name] = tags.replaceAll(ENCODED, '"');
  }
}

/** What the client has is called as it is called there. */
function tagAsKnown(res: Response, known: Request['headers'][string]): void {
  res.vary('Accept-Encoding');
  const tag = res.getHeader('etag');
  if (typeof tag !== 'string') return;
  const found = ENCODINGS.map((encoding) => encodedTag(tag, encoding)).find((one) => known?.includes(one));
  if (found) res.setHeader('ETag', found);
}
