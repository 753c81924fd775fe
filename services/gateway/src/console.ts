import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { Express, Request, Response } from 'express';

/** The folder of the built console, relative to the sources and to the compiled files. */
const BUILT = new URL('../dist/console/', import.meta.url);

/** The page loads its own files and calls the gateway, nothing else. It has no inline scripts. */
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
/** The encodings that browsers accept, the smallest first. */
const ENCODINGS = { br: '.br', gzip: '.gz' };

/** Serves the console, if it was built: the page at `/`, and its files, whose names change with their content. */
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

/** A file and its compressed forms, all in memory. */
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
    // Each encoding has other bytes, and so another strong tag.
    const etag = encoding ? this.#etag.replace(/"$/, `-${encoding}"`) : this.#etag;
    res.setHeader('ETag', etag);
    if (req.headers['if-none-match']?.includes(etag)) return void res.status(304).end();
    if (encoding) res.setHeader('Content-Encoding', encoding);
    const body = (encoding && this.#encoded[encoding]) || this.#plain;
    res.setHeader('Content-Length', body.length);
    res.end(body);
  }
}
