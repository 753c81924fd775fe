import type { Express } from 'express';
import { ERROR_CODES, type ErrorCode, pageOf, textsOf } from '../contracts/error-codes.ts';

/** A page for each code, where `type` of a problem leads, and one of all. */
export function defineProblemPages(app: Express): void {
  const list = ERROR_CODES.map((code) => `<dt><a href="${pageOf(code)}">${code}</a></dt><dd>${textOf(code, 0)}</dd>`);
  app.get('/problems', (_req, res) => void res.type('html').send(page('Problems', `<dl>${list.join('\n')}</dl>`)));
  for (const code of ERROR_CODES) {
    const body = `<p>${textOf(code, 0)}</p>\n<h2>What to do</h2>\n<p>${textOf(code, 1)}</p>\n<p><a href="/problems">All problems</a></p>`;
    app.get(pageOf(code), (_req, res) => void res.type('html').send(page(code, body)));
  }
}

const page = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head><body>
<h1>${title}</h1>
${body}
</body></html>`;

const textOf = (code: ErrorCode, which: 0 | 1): string =>
  textsOf(code)
    [which].replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/`([^`]+)`/g, '<code>$1</code>');
