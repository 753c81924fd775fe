import { Unavailable } from '../errors.ts';

/** Somebody else wrote the same at the same moment: what was decided is void, and the batch is decided again. */
export class Overtaken extends Error {}

/** Somebody else wrote the same: what he wrote is there when we look again. */
export function isConflict(error: unknown): boolean {
  return error instanceof Overtaken || ['23505', '40001', '40P01'].includes((error as { code?: string }).code ?? '');
}

/** Conflicts, restarts and lost connections pass; an error about the data itself stays. */
export function isDataError(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code !== undefined && /^(22|23(?!505)|42)/.test(code);
}

export const unreachable = (cause: unknown): Unavailable =>
  Object.assign(new Unavailable('SERVICE_UNAVAILABLE', 'The database cannot be reached at the moment.'), { cause });
