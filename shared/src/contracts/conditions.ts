import { z } from 'zod';
import { type AnswerContract, problems } from './endpoint.ts';

/** Conditional requests, by the ETag of a document. */

const Tags = z.string().max(1_000).optional();

export const IfMatch = z.object({
  'if-match': Tags.meta({
    description: 'An ETag: carried out only if the document still has it, otherwise 412',
    example: '"3"',
  }),
});
export const IfNoneMatch = z.object({
  'if-none-match': Tags.meta({ description: 'An ETag: 304 if the document still has it', example: '"3"' }),
});

export const stale = problems(412, 'PRECONDITION_FAILED');
export const unchanged: Record<304, AnswerContract> = {
  304: { description: 'Not changed: it still has that ETag', contentTypes: [], headers: ['ETag'] },
};
