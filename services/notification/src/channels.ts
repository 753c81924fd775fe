import type { NotificationChannel, NotificationKind } from '@oms/shared/contracts/notification';

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
  webhook?: Channel | undefined;
  log: Channel;
}

/** The best channel for a customer with this e-mail address, or with none. */
export function channelFor({ smtp, webhook, log }: Channels, email: string | undefined): Channel {
  return (email === undefined ? undefined : smtp) ?? webhook ?? log;
}

/** For logs: `ada@example.org` becomes `a***@example.org`, anywhere in the text. */
export const masked = (text: string): string => text.replaceAll(/([^\s<>@"':,;])[^\s<>@"':,;]*@/gu, '$1***@');
