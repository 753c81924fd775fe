import { createTransport, type NodemailerError } from 'nodemailer';
import { type Channel, Refused } from './channels.ts';

export interface SmtpSettings {
  url: string;
  from: string;
}

const CONNECT_MS = 5_000;
const SILENT_MS = 8_000;
const CONNECTIONS = 10;

export function smtpChannel({ url, from }: SmtpSettings): Channel {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: CONNECTIONS,
    // One attempt only: the sender decides about the next.
    maxRequeues: 0,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  // Idle connections report errors, too. An error that concerns a message fails its sending.
  transport.on('error', () => {});
  const domain = /@([^\s>]+)/.exec(from)?.[1];

  return {
    name: 'smtp',
    async send({ id, to, subject, body }, signal) {
      const message = {
        from,
        // Given as parts, an address is never split into several.
        to: { name: '', address: to },
        subject,
        text: body,
        messageId: `<${id}@${domain}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
        signal,
      };
      await transport.sendMail(message).catch((error: NodemailerError) => {
        throw isFinal(error) ? new Refused(error.message, { cause: error }) : error;
      });
    },
    async close() {
      transport.close();
    },
  };
}

/** The recipient or the message was refused for good. Our own faults (login, sender) do not count: an operator mends them. */
function isFinal({ code, command, responseCode = 500 }: NodemailerError): boolean {
  return (code === 'EENVELOPE' || code === 'EMESSAGE') && command !== 'MAIL FROM' && responseCode >= 500;
}
