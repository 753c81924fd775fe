import { createRequire } from 'node:module';
import { apiDocument } from '../services/gateway/dist/document/document.js';
import { asyncApiOf } from '../shared/dist/events/asyncapi.js';
import { clientDocument } from './client-document.js';

/** Prints the document of the public API, or of the `events`, as the gateway serves it; or what the types of the `client` are made of. */
const { version } = createRequire(import.meta.url)('../package.json');
const documents = { client: () => clientDocument(apiDocument(version)), events: () => asyncApiOf(version) };
const documentOf = documents[process.argv[2]] ?? (() => apiDocument(version));
console.log(JSON.stringify(documentOf(), null, 2));
