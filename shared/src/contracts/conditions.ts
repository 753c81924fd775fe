import { z } from 'zod';
import { type AnswerContract, problems } from './endpoint.ts';

/** What makes a request depend on what the document is by then. */

const Tags = z.string().max(1_000).optional();

export const IfMatch = z.object({
  'if-match': Tags.meta({
    description: 'An ETag: only if the document is still that one, or else 412',
    example: '"3"',
  }),
});
export const IfNoneMatch = z.object({
  'if-none-match': Tags.meta({ description: 'An ETag: 304 if the document is still that one', example: '"3"' }),
});

export const stale = problems(412, 'PRECONDITION_FAILED');
export const unchanged: Record<304, AnswerContract> = {
  304: { description: 'It is still the one of that ETag', contentTypes: [], headers: ['ETag'] },
};
