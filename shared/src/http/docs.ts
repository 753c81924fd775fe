import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import express, { type Express } from 'express';

/** An OpenAPI document; its address is relative to the page. */
export interface Described {
  name: string;
  url: string;
}

const ASSETS = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

/**
 * A page that shows documents. Its links are relative, so that it also works below a path of a gateway, and nothing in it
 * is inline, so that a strict Content-Security-Policy can hold.
 */
export function defineDocs(app: Express, title: string, documents: readonly Described[]): void {
  const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<link rel="stylesheet" href="docs/swagger-ui.css"></head><body><div id="ui"></div>
<script src="docs/swagger-ui-bundle.js"></script><script src="docs/swagger-ui-standalone-preset.js"></script>
<script src="docs/start.js"></script></body></html>`;
  const script = `SwaggerUIBundle({
  urls: ${JSON.stringify(documents)},
  dom_id: '#ui',
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  layout: 'StandaloneLayout',
});`;
  app.get('/docs', (req, res) => {
    if (req.path.endsWith('/')) return res.redirect('../docs');
    return res.type('html').send(page);
  });
  app.get('/docs/start.js', (_req, res) => void res.type('js').send(script));
  app.use('/docs', express.static(ASSETS, { index: false, redirect: false }));
}
