import type { Request, Response } from 'express';
import type { Span } from '../telemetry/trace.ts';

/** By its pattern, since paths are countless, and may say who it is about. */
export function endOfRequest(span: Span, { method }: Request, { locals }: Response, status: number): void {
  const { route, orderId } = locals as { route?: string; orderId?: string };
  if (route) span.rename(`${method} ${route}`);
  span.set({
    'http.request.method': method,
    'http.response.status_code': status,
    ...(route ? { 'http.route': route } : {}),
    ...(orderId ? { 'order.id': orderId } : {}),
  });
  if (status >= 500) span.fail(`answered ${status}`);
  span.end();
}
