export { Client } from './client.ts';
export { type Code, OmsError } from './errors.ts';
export type { Message } from './event-stream.ts';
export type { ClientOptions, RequestOptions, Retry } from './options.ts';
export type { Pages } from './pages.ts';
export type * from './schema.ts';
export { verifyWebhook, type WebhookEvent, WebhookRefused } from './webhooks.ts';
