import type { Request, Response } from 'express';

/** Asked for again and again by those who look after a service, or follow it: no use of it that anybody would count. */
const POLLED = new Set(['/health', '/livez', '/readyz', '/metrics', '/chaos', '/events']);

export const isPolled = ({ method }: Request, route: string): boolean =>
  POLLED.has(route) && (method === 'GET' || method === 'HEAD');

/** Open for as long as somebody listens, so that its duration says nothing. */
export const isStream = (res: Response): boolean =>
  String(res.getHeader('content-type')).startsWith('text/event-stream');
