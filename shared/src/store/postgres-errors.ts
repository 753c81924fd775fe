import { Unavailable } from '../errors.ts';

/** Another replica wrote the same documents at the same moment: the batch is decided again. */
export class Overtaken extends Error {}

/** Another replica wrote the same: the next try sees what it wrote. */
export function isConflict(error: unknown): boolean {
  return error instanceof Overtaken || ['23505', '40001', '40P01'].includes((error as { code?: string }).code ?? '');
}

/** Conflicts, restarts and lost connections pass; an error in the data itself does not. */
export function isDataError(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code !== undefined && /^(22|23(?!505)|42)/.test(code);
}

/** The codes with which a database that can be reached refuses writes. */
const REFUSING_WRITES: Record<string, string> = {
  '25006': 'The database is read-only at the moment.',
  '53100': 'The disk of the database is full.',
  '58030': 'The disk of the database does not work.',
};
const codeOf = (error: unknown): string => (error as { code?: string }).code ?? '';

export const refusesWrites = (error: unknown): boolean => codeOf(error) in REFUSING_WRITES;

export function unreachable(cause: unknown): Unavailable {
  const why = REFUSING_WRITES[codeOf(cause)] ?? 'The database cannot be reached at the moment.';
  return Object.assign(new Unavailable('SERVICE_UNAVAILABLE', why), { cause });
}
