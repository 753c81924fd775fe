import type { Violation } from '../crash/checks/violation.ts';
import type { Records } from '../crash/records.ts';
import { READS_PER_MINUTE } from './gateway.ts';
import { isKeyless } from './network.ts';
import type { Encounter, Witness } from './witness.ts';

const OVER = ['REJECTED', 'CANCELLED'];

/** What the gateway promises its clients, whatever faults happen. */
export const gatewayPromises = ({ encounters }: Pick<Witness, 'encounters'>) =>
  function* ({ records }: { records: Records }): Iterable<Violation> {
    for (const [id, encounter] of encounters) {
      const { person, request, head, body } = encounter;
      const told = head?.status ?? 0;
      const code = told >= 400 ? codeIn(body) : '';
      const broken = (rule: string): Violation => {
        return { rule, id, detail: `${person.name} asked ${request.method} ${request.path}: ${told} ${body}` };
      };
      if (person.role === 'nobody' && told > 0 && !isOpenToAll(encounter) && !SHUT_OUT.includes(told))
        yield broken('let in without a token');
      if (person.role !== 'nobody' && told === 401) yield broken('turned away with a good token');
      if (told === 429 && !(Number(head?.headers['retry-after']) > 0)) yield broken('no Retry-After');
      if (told === 429 && code.startsWith('RATE_LIMITED') && !isGreedy(encounter)) yield broken('limited for others');
      if (code === 'BAD_GATEWAY' && encounter.forwarded < 2) yield broken('given up, and not repeated');
      if (isKeylessPlacing(encounter)) yield* placedOnce(id, encounter, records);
    }
    const letIn = [...encounters.values()].filter(({ person, head }) => person.name === GREEDY && head?.status === 200);
    if (letIn.length > READS_PER_MINUTE)
      yield { rule: 'not limited', id: GREEDY, detail: `${letIn.length} reads in a second` };
  };

const SHUT_OUT = [401, 429];
/** Mails contain links to these. */
const isOpenToAll = ({ request }: Encounter) => /\/(?:track|labels)\//.test(request.path);

/** The attackers. */
export const GREEDY = 'greedy';
const isGreedy = ({ person }: Encounter) => person.name === GREEDY || person.role === 'nobody';

export function codeIn(body: string): string {
  return String((JSON.parse(body) as { code?: unknown }).code);
}

const isKeylessPlacing = ({ request, person }: Encounter): boolean =>
  person.role === 'customer' && request.method === 'POST' && request.path === '/orders' && isKeyless(request);

/** Idempotency: a request that the gateway retried happens at most once, and its answer is true. */
function* placedOnce(
  traceId: string,
  { head, body }: Encounter,
  { orders, orderEvents }: Records,
): Iterable<Violation> {
  const placed = orderEvents.filter((event) => event.type === 'order.placed' && event.traceId === traceId);
  const ids = placed.map(({ stream }) => stream);
  const alive = ids.filter((id) => !OVER.includes(orders.get(id)?.data.order.status ?? ''));
  const status = head?.status ?? 0;
  const broken = (detail: string): Violation => {
    return {
      rule: 'asked once, done once',
      id: traceId,
      detail: `${detail}: answered ${status} ${body}, placed ${ids}`,
    };
  };
  if (alive.length > 1) yield broken('placed twice');
  if ((status === 201 || status === 202) && !ids.includes((JSON.parse(body) as { id: string }).id))
    yield broken('told of an order that is none');
  if (status >= 400 && status < 500 && alive.length > 0) yield broken('refused, and placed');
  if (status === 503 && (JSON.parse(body) as { service?: string }).service === 'order' && ids.length > 0)
    yield broken('told that nothing was sent');
}
