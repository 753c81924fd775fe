import { createLogger as createWinston, format, type Logger, transports } from 'winston';
import { currentTrace } from './trace.ts';

export type { Logger };

const withTrace = format((info) => {
  const trace = currentTrace();
  if (trace) info.traceId ??= trace.traceId;
  return info;
});

/** One JSON object a line on standard output. */
export function createLogger(service: string, level: string): Logger {
  return createWinston({
    level,
    silent: level === 'silent',
    defaultMeta: { service },
    format: format.combine(withTrace(), format.errors({ stack: true }), format.timestamp(), format.json()),
    transports: [new transports.Stream({ stream: process.stdout })],
  });
}
