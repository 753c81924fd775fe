import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createLogger } from '../telemetry/logger.ts';
import { ConfigError } from './config.ts';

export interface RunningService {
  port: number;
  /** Answers what is in flight, then ends. */
  stop(): Promise<void>;
}

/** Runs `start` if the module is what node was asked to run, and stops it cleanly when told to. */
export async function runAsProcess(
  moduleUrl: string,
  service: string,
  start: () => Promise<RunningService>,
): Promise<void> {
  const script = process.argv[1];
  if (!script || realpathSync(script) !== fileURLToPath(moduleUrl)) return;
  endOnMistakes(service);
  try {
    const running = await start();
    stopWhenTold(running);
    process.send?.({ ready: running.port });
  } catch (error) {
    process.stderr.write(`${service}: ${explain(error as Error)}\n`);
    process.exit(1);
  }
}

/** After an uncaught error the state of the process is unknown: it logs the error at any LOG_LEVEL, and ends. */
function endOnMistakes(service: string): void {
  process.on('uncaughtException', (thrown: unknown, origin) => {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    createLogger(service, 'error').error('ends because of a mistake', { error, origin });
    process.exit(1);
  });
}

function stopWhenTold(running: RunningService): void {
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    running.stop().then(
      () => process.exit(0),
      (error) => {
        process.stderr.write(`${explain(error as Error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  if (!process.send) return void process.on('SIGINT', stop);
  // Started by a supervisor: Ctrl-C reaches the whole group, but the supervisor decides the order of stopping.
  process.on('SIGINT', () => {});
  process.on('message', (message) => message === 'stop' && stop());
  process.on('disconnect', stop);
}

function explain(error: Error & { code?: string; port?: number }): string {
  if (error instanceof ConfigError) return error.message;
  if (error.code === 'EADDRINUSE')
    return `port ${error.port} is taken. Stop what listens there, or choose another with PORT.`;
  if (error.code === 'EACCES') return `port ${error.port} may not be opened by this user. Choose another with PORT.`;
  return error.stack ?? String(error);
}
