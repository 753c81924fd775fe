import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface Mail {
  recipients: string[];
  headers: Record<string, string>;
  text: string;
}

/** A mail server on a real socket; the test decides what it accepts. */
export async function startMailServer(port = 0) {
  const mails: Mail[] = [];
  const server = {
    url: '',
    mails,
    /** The answer to a recipient; undefined: accepted. */
    refuse: (_recipient: string): { code: number; text: string } | undefined => undefined,
    /** The answer to a complete mail. */
    accept: async (): Promise<void> => {},
    async close(): Promise<void> {
      await new Promise<void>((resolve) => smtp.close(resolve));
    },
  };
  const smtp = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    closeTimeout: 1,
    logger: false,
    onRcptTo({ address }, _session, done) {
      const refusal = server.refuse(address);
      done(refusal && Object.assign(new Error(refusal.text), { responseCode: refusal.code }));
    },
    async onData(stream, { envelope }, done) {
      let raw = '';
      for await (const chunk of stream.setEncoding('utf8')) raw += chunk;
      await server.accept();
      mails.push({ recipients: envelope.rcptTo.map(({ address }) => address), ...parsed(raw) });
      done();
    },
  });
  smtp.on('error', () => {});
  const listening = smtp.listen(port, '127.0.0.1') as Server;
  if (!listening.listening) await once(listening, 'listening');
  server.url = `smtp://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  return server;
}
export type MailServer = Awaited<ReturnType<typeof startMailServer>>;

function parsed(raw: string): Pick<Mail, 'headers' | 'text'> {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const lines = head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.split(':')[0]?.toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const body = rest.join('\r\n\r\n').replaceAll('\r\n', '\n');
  return { headers, text: headers['content-transfer-encoding'] === 'quoted-printable' ? unquoted(body) : body };
}

function unquoted(text: string): string {
  const bytes = text
    .replaceAll(/=\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_all, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
