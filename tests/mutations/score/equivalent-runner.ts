import type { Equivalent } from './mutants.ts';

const REQUESTS = 'services/order/src/runner/requests.ts';
const JOURNAL = 'services/order/src/runner/journal.ts';
const DISPATCHER = 'services/order/src/runner/dispatcher.ts';
const DUE_WORK = 'shared/src/store/due-work.ts';
const QUARANTINE = 'shared/src/store/quarantine.ts';

const TYPE_ONLY = 'only the compiler needs to be told: ';
const SAID_ONCE = 'the same would be said of the same order: it only spares saying it twice';

export const EQUIVALENT_IN_RUNNER: readonly Equivalent[] = [
  { file: JOURNAL, at: 'return answer;', from: 'answer', to: 'undefined', why: SAID_ONCE },
  {
    file: REQUESTS,
    at: "if (ended?.kind === 'finished') return ended.answer ?? this.parts.answers.settled(ended.order, request);",
    from: 'ended.answer ?? this.parts.answers.settled(ended.order, request)',
    to: 'this.parts.answers.settled(ended.order, request)',
    why: SAID_ONCE,
  },
  {
    file: DISPATCHER,
    at: 'const [event] = await book.store.events({ stream: id, after, limit: 1 });',
    from: '1',
    to: '2',
    why: 'only the first is looked at',
  },
  {
    file: DISPATCHER,
    at: "return event ?? { traceId: order?.traceId ?? '' };",
    from: "order?.traceId ?? ''",
    to: 'order?.traceId',
    why: `${TYPE_ONLY}where there is no order nothing is written, in no trace`,
  },
  {
    file: DISPATCHER,
    at: 'if (!doc || due === undefined || (due > now && !isStranded(doc, now, latest))) return {};',
    from: '!doc || due === undefined',
    to: 'due === undefined',
    why: `${TYPE_ONLY}an order that is not there is never due`,
  },
  {
    file: DUE_WORK,
    at: '#behind = false;',
    from: 'false',
    to: 'true',
    why: 'every look says it anew, and no work ends before the first',
  },
  {
    file: DUE_WORK,
    at: '#lookAgain = false;',
    from: 'false',
    to: 'true',
    why: 'every look says it anew before anybody asks',
  },
  {
    file: DUE_WORK,
    at: '#polls = 0;',
    from: '0',
    to: '1',
    why: 'pauses are counted from the poll at which they begin',
  },
  {
    file: QUARANTINE,
    at: 'return (this.#pauses.get(id)?.until ?? poll) > poll;',
    from: 'this.#pauses.get(id)?.until ?? poll',
    to: 'this.#pauses.get(id)?.until',
    why: `${TYPE_ONLY}what has no end is not greater either`,
  },
];
