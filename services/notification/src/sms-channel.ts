import { undiciTransport } from '@oms/shared/resilience/transport';
import { z } from 'zod';
import { type Channel, Refused } from './channels.ts';

export interface SmsSettings {
  url: string;
  accountSid: string;
  authToken: string;
  /** A number, a name, or a messaging service. */
  from: string;
}

/** Our own faults (login, sender, messaging service) do not count as refusals: an operator mends them. */
const OUR_FAULTS = [21212, 21603, 21606, 21659, 21660, 21701, 21703];

const Accepted = z.object({ sid: z.string(), status: z.string() });
const Problem = z.object({ code: z.int() });

/**
 * Text messages through Twilio's API, or another that speaks it. It knows no idempotency keys: a message whose answer was
 * lost may have been sent, and is sent again.
 */
export function smsChannel({ url, accountSid, authToken, from }: SmsSettings): Channel {
  const { origin, pathname } = new URL(url);
  const path = `${pathname.replace(/\/$/, '')}/2010-04-01/Accounts/${accountSid}/Messages.json`;
  const sender: Record<string, string> = from.startsWith('MG') ? { MessagingServiceSid: from } : { From: from };
  const headers = {
    accept: 'application/json',
    authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
  };
  const transport = undiciTransport();

  return {
    name: 'sms',
    async send({ to, body: text }, signal) {
      const body = new URLSearchParams({ To: to, ...sender, Body: text }).toString();
      const { status, body: answer } = await transport.send({ method: 'POST', origin, path, headers, body, signal });
      if (status >= 200 && status < 300) return mustBeAccepted(status, answer);
      // Without Twilio's own words: they contain the number.
      const code = Problem.safeParse(jsonIn(answer)).data?.code;
      const reason = `Twilio answered ${status}${code === undefined ? '' : `, error ${code}`}`;
      throw status === 400 && code !== undefined && !OUR_FAULTS.includes(code)
        ? new Refused(reason)
        : new Error(reason);
    },
    close: () => transport.close(),
  };
}

/** Only an answer that names the message says that there is one. */
function mustBeAccepted(status: number, answer: string): void {
  const message = Accepted.safeParse(jsonIn(answer)).data;
  if (!message) throw new Error(`Twilio answered ${status}, but named no message`);
  if (message.status === 'failed') throw new Refused('Twilio says that the message failed');
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
