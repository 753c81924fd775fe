import { Writable } from 'node:stream';
import { createLogger as createWinston, format, type Logger, transports } from 'winston';
import { readable } from './readable.ts';
import { writeText } from './standard-output.ts';
import { currentTrace } from './trace.ts';

export type { Logger };

/** Where winston's transports look for the text of a line. */
const MESSAGE = Symbol.for('message');

/** All that is done to a line, in one step: winston's formats would take it apart and put it together once for each. */
const formatted = (render: (info: Record<string, unknown>) => string) =>
  format((info) => {
    info.timestamp = new Date().toISOString();
    info.traceId ??= currentTrace()?.traceId;
    if (info.error instanceof Error) info.error = stackOf(info.error);
    info[MESSAGE] = render(info);
    return info;
  })();
const asText = (info: Record<string, unknown>) => readable(info, !process.env.NO_COLOR);

/** As JSON an Error would be `{}`, or all it carries, a request's body among it; the stack says what went wrong. */
function stackOf({ stack, message, cause }: Error): string {
  const own = stack ?? message;
  return cause instanceof Error ? `${own}\ncaused by ${stackOf(cause)}` : own;
}

/** Winston wants a stream; what it writes is passed on as it is. */
class Lines extends Writable {
  constructor(private readonly take: (text: string) => void) {
    super();
  }

  override write(text: string): boolean {
    this.take(text);
    return true;
  }
}

/** On standard output, one JSON object a line; on a terminal for people to read. Unless somebody else takes the lines. */
export function createLogger(service: string, level: string, take = writeText): Logger {
  return createWinston({
    level,
    silent: level === 'silent',
    defaultMeta: { service },
    format: formatted(take === writeText && process.stdout.isTTY ? asText : JSON.stringify),
    transports: [new transports.Stream({ stream: new Lines(take), eol: '\n' })],
  });
}
