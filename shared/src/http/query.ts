import type { NextFunction, Request, Response } from 'express';
import { z } from 'zod';
import { invalid, parsed } from './request.ts';
import { isText, NO_TEXT } from './text.ts';

/** Every query may have these. A service that simulates no failures ignores them. */
const CHAOS_MODE = 'chaosMode';
const FAULT_PARAMETERS = ['simulateFailure', CHAOS_MODE];

/** Whether a request may turn chaos on: then it is no read, whatever its method. */
export const mayTurnChaos = (url: string): boolean => url.includes(`${CHAOS_MODE}=`);

/** Reads a query and refuses unknown parameters: a misspelled filter would let everything through. */
export function queryReader<Q>(schema: z.ZodType<Q> | undefined): (req: Request) => Q {
  const known = new Set([...(schema ? Object.keys(plainObject(schema).shape) : []), ...FAULT_PARAMETERS]);
  return (req) => {
    const { query } = req;
    for (const name in query) {
      if (!known.has(name)) throw invalid([{ path: name, message: 'is not a query parameter of this route' }]);
    }
    return parsed(schema, query, 'query');
  };
}

/** The object schema inside a query schema that is refined or transformed as a whole. */
export function plainObject(query: z.ZodType): z.ZodObject {
  return (query instanceof z.ZodPipe ? plainObject(query.def.in as z.ZodType) : query) as z.ZodObject;
}

/** Refuses a path or query that is not valid text once its escapes are resolved, also where there is no route. */
export function onlyText({ url }: Request, _res: Response, next: NextFunction): void {
  const resolved = url.includes('%') ? resolve(url) : url;
  if (resolved === undefined) throw invalid([{ path: 'path', message: 'has an escape that stands for no character' }]);
  if (!isText(resolved)) throw invalid([{ path: 'path', message: NO_TEXT }]);
  next();
}

function resolve(url: string): string | undefined {
  try {
    return decodeURIComponent(url);
  } catch {
    return undefined;
  }
}
