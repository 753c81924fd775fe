import type { Attributes } from '../telemetry/attributes.ts';
import { kindOf } from '../telemetry/span.ts';
import type { Span } from '../telemetry/trace.ts';

interface Answer {
  status: number;
}

/** Records one attempt to call another service, also one that the open breaker refuses. */
export async function recordAttempt<A extends Answer>(
  span: Span,
  about: Attributes,
  answered: Promise<A>,
  reasonOf: (error: unknown) => string,
): Promise<A> {
  span.set(about);
  try {
    const answer = await answered;
    span.set(statusOf(answer));
    return answer;
  } catch (error) {
    const { response } = error as { response?: Answer };
    span.set(statusOf(response));
    span.fail(response ? String(response.status) : kindOf(error), reasonOf(error));
    throw error;
  } finally {
    span.end();
  }
}

const statusOf = (answer: Answer | undefined): Attributes =>
  answer ? { 'http.response.status_code': answer.status } : {};
