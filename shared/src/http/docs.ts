import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { Express } from 'express';

/** An OpenAPI document; its address is relative to the page. */
export interface Described {
  name: string;
  url: string;
}

/** Only what the page loads: other files of Swagger UI show example documents. */
const FILES = [
  'swagger-ui.css',
  'swagger-ui-bundle.js',
  'swagger-ui-standalone-preset.js',
  'favicon-16x16.png',
  'favicon-32x32.png',
];
const ASSETS = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

/**
 * A page that shows OpenAPI documents. Its links are relative, so that it works below a path of the gateway too. It has no
 * inline scripts, so that a strict Content-Security-Policy allows it.
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
  app.get('/docs', (_req, res) => void res.type('html').send(page));
  app.get(['/docs/', '/docs/index.html', '/swagger-ui/index.html'], (_req, res) => res.redirect('../docs'));
  app.get('/swagger-ui.html', (_req, res) => res.redirect('docs'));
  app.get('/docs/start.js', (_req, res) => void res.type('js').send(script));
  for (const file of FILES) app.get(`/docs/${file}`, (_req, res) => res.sendFile(file, { root: ASSETS }));
}
