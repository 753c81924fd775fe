import { createLogger as createWinston, format, type Logger, transports } from 'winston';
import { currentTrace } from './trace.ts';

export type { Logger };

const withTrace = format((info) => {
  const trace = currentTrace();
  if (trace) info.traceId ??= trace.traceId;
  return info;
});

/** As JSON an Error would be `{}`, or all it carries, a request's body among it; the stack says what went wrong. */
const withError = format((info) => {
  if (info.error instanceof Error) info.error = stackOf(info.error);
  return info;
});

function stackOf({ stack, message, cause }: Error): string {
  const own = stack ?? message;
  return cause instanceof Error ? `${own}\ncaused by ${stackOf(cause)}` : own;
}

/** One JSON object a line on standard output. */
export function createLogger(service: string, level: string): Logger {
  return createWinston({
    level,
    silent: level === 'silent',
    defaultMeta: { service },
    format: format.combine(withTrace(), withError(), format.errors({ stack: true }), format.timestamp(), format.json()),
    transports: [new transports.Stream({ stream: process.stdout })],
  });
}
