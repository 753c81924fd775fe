import type { NotificationChannel, NotificationKind } from '@oms/shared/contracts/notification';

import type { Contact } from './domain/occasion.ts';

export interface Message {
  /** The same for every attempt, so that a receiver knows what it already has. */
  id: string;
  orderId: string;
  kind: NotificationKind;
  at: number;
  to: string;
  subject: string;
  body: string;
}

/** A way to a customer. Throws `Refused` when the message will never arrive, any other error when a retry may help. */
export interface Channel {
  name: NotificationChannel;
  send(message: Message, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export class Refused extends Error {
  override readonly name = 'Refused';
}

export interface Channels {
  smtp?: Channel | undefined;
  sms?: Channel | undefined;
  webhook?: Channel | undefined;
  log: Channel;
}

/** The best way to a customer: a mail, else a text message, else what others make of it. */
export function wayTo(
  { smtp, sms, webhook, log }: Channels,
  { id, email, phone }: Contact['customer'],
): { channel: Channel; to: string } {
  if (smtp && email !== undefined) return { channel: smtp, to: email };
  if (sms && phone !== undefined) return { channel: sms, to: phone };
  return { channel: webhook ?? log, to: email ?? phone ?? id };
}

/** For logs, anywhere in the text: `ada@example.org` becomes `a***@example.org`, and `+15005550006` becomes `+1***06`. */
export const masked = (text: string): string =>
  text.replaceAll(/([^\s<>@"':,;])[^\s<>@"':,;]*@/gu, '$1***@').replaceAll(/\+(\d)\d{4,12}(\d\d)/g, '+$1***$2');
