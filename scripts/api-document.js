import { createRequire } from 'node:module';
import { apiDocument } from '../services/gateway/dist/document/document.js';
import { asyncApiOf } from '../shared/dist/events/asyncapi.js';

/** Prints the document of the public API, or of the `events`, as the gateway serves it. */
const { version } = createRequire(import.meta.url)('../package.json');
const document = process.argv[2] === 'events' ? asyncApiOf(version) : apiDocument(version);
console.log(JSON.stringify(document, null, 2));
