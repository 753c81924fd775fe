import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { Express, Request, Response } from 'express';

/** Where the console's build puts it, as seen from the sources and from what they are compiled to. */
const BUILT = new URL('../dist/console/', import.meta.url);

/** The page loads what lies beside it, calls the gateway, and nothing else: nothing in it is inline. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
/** What browsers understand, the smallest first. */
const ENCODINGS = { br: '.br', gzip: '.gz' };

/** Serves the console, if it was built: the page at `/`, and what it loads, by names that change with what is in them. */
export function defineConsole(app: Express): void {
  if (!existsSync(BUILT)) return;
  const page = new Asset(new URL('index.html', BUILT));
  app.get('/', (req, res) => {
    res.setHeader('Content-Security-Policy', POLICY);
    res.setHeader('Cache-Control', 'no-cache');
    page.send(req, res);
  });
  for (const name of readdirSync(new URL('assets/', BUILT))) {
    if (!(extname(name) in TYPES)) continue;
    const asset = new Asset(new URL(`assets/${name}`, BUILT));
    app.get(`/assets/${name}`, (req, res) => {
      res.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
      asset.send(req, res);
    });
  }
}

/** A file with what it was compressed to, all of it in memory. */
class Asset {
  readonly #type: string;
  readonly #etag: string;
  readonly #plain: Buffer;
  readonly #encoded: Record<string, Buffer> = {};

  constructor(file: URL) {
    this.#type = TYPES[extname(file.pathname)] as string;
    this.#plain = readFileSync(file);
    this.#etag = `"${createHash('sha256').update(this.#plain).digest('base64url').slice(0, 22)}"`;
    for (const [encoding, suffix] of Object.entries(ENCODINGS)) {
      this.#encoded[encoding] = readFileSync(new URL(file.href + suffix));
    }
  }

  send(req: Request, res: Response): void {
    res.locals.route = '/console';
    res.setHeader('Content-Type', this.#type);
    res.setHeader('Vary', 'Accept-Encoding');
    const encoding = req.acceptsEncodings(...Object.keys(ENCODINGS));
    // Each encoding is another sequence of bytes, and so has another strong tag.
    const etag = encoding ? this.#etag.replace(/"$/, `-${encoding}"`) : this.#etag;
    res.setHeader('ETag', etag);
    if (req.headers['if-none-match']?.includes(etag)) return void res.status(304).end();
    if (encoding) res.setHeader('Content-Encoding', encoding);
    const body = (encoding && this.#encoded[encoding]) || this.#plain;
    res.setHeader('Content-Length', body.length);
    res.end(body);
  }
}
