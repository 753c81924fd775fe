import { requireNode } from './node-version.js';

requireNode();
// Not before: an old Node could not even read the rest.
const { startServices } = await import('./start-services.js');
await startServices(process.argv.slice(2));
