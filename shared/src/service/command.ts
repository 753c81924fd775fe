import { Unavailable } from '../errors.ts';
import { ConfigError } from './config.ts';

/** Runs a command in a terminal. Exit code 1: it found something wrong, or one line says why it could not run. */
export async function runCommand(command: (print: (line: string) => void) => Promise<boolean>): Promise<void> {
  try {
    const allWell = await command((line) => process.stdout.write(`${line}\n`));
    process.exitCode = allWell ? 0 : 1;
  } catch (error) {
    process.exitCode = 1;
    process.stderr.write(`${explain(error as Error & { code?: string })}\n`);
  }
}

function explain(error: Error & { code?: string }): string {
  const known =
    error instanceof ConfigError || error instanceof Unavailable || error.code?.startsWith('ERR_PARSE_ARGS');
  return known ? error.message : (error.stack ?? error.message);
}
