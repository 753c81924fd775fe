import { createLogger as createWinston, format, type Logger } from 'winston';
import Transport from 'winston-transport';
import { readable } from './readable.ts';
import { writeText } from './standard-output.ts';
import { currentTrace } from './trace.ts';

export type { Logger };

/** The member in which winston's transports look for the text of a line. */
const MESSAGE = Symbol.for('message');

/** Everything in one step: each of winston's own formats would copy the line. */
const formatted = (render: (info: Record<string, unknown>) => string) =>
  format((info) => {
    info.timestamp = new Date().toISOString();
    info.traceId ??= currentTrace()?.traceId;
    if (info.error instanceof Error) info.error = stackOf(info.error);
    info[MESSAGE] = render(info);
    return info;
  })();
const asText = (info: Record<string, unknown>) => readable(info, !process.env.NO_COLOR);

/** As JSON an Error would be `{}`, or everything it carries, such as the body of a request. The stack says what went wrong. */
function stackOf({ stack, message, cause }: Error): string {
  const own = stack ?? message;
  return cause instanceof Error ? `${own}\ncaused by ${stackOf(cause)}` : own;
}

/** Winston's own would tell each line to listeners that nobody adds. */
class Lines extends Transport {
  constructor(private readonly take: (text: string) => void) {
    super();
  }

  override log(info: Record<symbol, string>, written: () => void): void {
    this.take(`${info[MESSAGE]}\n`);
    written();
  }
}

/** Writes JSON lines to standard output, or readable lines to a terminal. `take` gets the lines instead. */
export function createLogger(service: string, level: string, take = writeText): Logger {
  return createWinston({
    level,
    silent: level === 'silent',
    defaultMeta: { service },
    format: formatted(take === writeText && process.stdout.isTTY ? asText : JSON.stringify),
    transports: [new Lines(take)],
  });
}
