import { Client } from '@oms/client';

/** What is asked besides the load. Nothing is tried again: what fails here spoils what is measured. */
export const clientOf = (port) => new Client({ baseUrl: `http://127.0.0.1:${port}`, retries: 0 });
