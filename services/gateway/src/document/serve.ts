import type { Express, Request } from 'express';
import { apiDocument } from './document.ts';

/** Where the document itself says only that its paths begin at the root. */
const ROOT = JSON.stringify([{ url: '/' }]);

/** The document names the address that it is asked at: clients made from a file know no other. */
export function defineApiDocument(app: Express, version: string): void {
  let text: string | undefined;
  app.get('/openapi.json', (req, res) => {
    text ??= JSON.stringify(apiDocument(version));
    res
      .type('application/json')
      .vary('Host')
      .send(text.replace(ROOT, () => JSON.stringify([{ url: addressOf(req) }])));
  });
}

const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;
const addressOf = ({ protocol, host }: Request): string => (HOST.test(host ?? '') ? `${protocol}://${host}` : '/');
