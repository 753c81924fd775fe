import { fileURLToPath } from 'node:url';

/** Of the checkout, seen from where this is compiled to. */
export const ROOT = fileURLToPath(new URL('../../../../', import.meta.url)).replace(/[/\\]$/, '');
