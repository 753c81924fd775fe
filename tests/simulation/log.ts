import type { Logger } from '@oms/shared/telemetry/logger';
import type { Process } from './process.ts';
import type { Universe } from './universe.ts';

/** Log messages that no fault explains: they show a bug. */
const MISTAKES = [
  'request failed',
  'a step failed unexpectedly',
  'the order does not follow its parcel',
  'an event cannot be read',
  'a notification was given up',
];

/** Log messages which show that faults had deep effects. */
const SIGHTS: Record<string, string> = {
  'an overdue order is taken up': 'overdue orders taken up',
  'the order service has not heard of the parcel yet': 'delivery notices in vain',
  'the provider gave no answer': 'answers of the provider lost',
  'no answer': 'requests that no gateway got an answer to',
  'a notification has to be sent again': 'notifications sent again',
};

export function logOf(universe: Universe, { name }: Process): Logger {
  const { trace, complaints } = universe;
  const tell = (message: string, about: Record<string, unknown> = {}) => {
    const { error, orderId, state, target, saga } = about;
    const more = [orderId, saga, target, state, (error as Error | undefined)?.message].filter(Boolean).join(' ');
    trace.add(name, `says: ${message} ${more}`);
    if (SIGHTS[message]) universe.see(SIGHTS[message]);
    if (state === 'OPEN') universe.see('breakers opened');
    if (MISTAKES.includes(message)) {
      complaints.push({
        id: name,
        detail: `${message} ${(error as Error | undefined)?.stack ?? JSON.stringify(about)}`,
      });
    }
  };
  return { error: tell, warn: tell, info: tell, debug: () => {}, log: () => {} } as unknown as Logger;
}
