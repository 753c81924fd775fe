import { fileURLToPath } from 'node:url';

/** Of the checkout, whether this is run as it is or compiled. */
export const ROOT = fileURLToPath(import.meta.url).replace(/[/\\]tests[/\\](crash|simulation)[/\\].*$/, '');
