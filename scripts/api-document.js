import { createRequire } from 'node:module';
import { apiDocument } from '../services/gateway/dist/document/document.js';

/** Prints the document of the public API, as the gateway serves it. */
const { version } = createRequire(import.meta.url)('../package.json');
console.log(JSON.stringify(apiDocument(version), null, 2));
