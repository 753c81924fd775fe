import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TextMessage {
  sid: string;
  to: string;
  from: string | null;
  messagingService: string | null;
  body: string;
}
interface Refusal {
  status: number;
  code: number;
  message: string;
  headers?: Record<string, string>;
}

export const ACCOUNT = { accountSid: `AC${'a'.repeat(32)}`, authToken: 'a-secret-token' };
const PATH = `/2010-04-01/Accounts/${ACCOUNT.accountSid}/Messages.json`;
const MOST_CHARACTERS = 1_600;

/** The messages API of Twilio, as its documentation describes it, on a real socket; the test decides what becomes of a message. */
export async function startTextMessages() {
  const messages: TextMessage[] = [];
  const requests: { headers: IncomingMessage['headers']; body: string }[] = [];
  const api = {
    url: '',
    /** Those that were accepted. */
    messages,
    requests,
    /** Why a message is not accepted; undefined: it is. */
    refuse: (_to: string): Refusal | undefined => undefined,
    /** What happens to the answer to a message that was accepted. */
    answering: (res: ServerResponse, send: () => void, _message: TextMessage): void => void (res.writable && send()),
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const server = createServer(async (req, res) => {
    let body = '';
    for await (const chunk of req.setEncoding('utf8')) body += chunk;
    requests.push({ headers: req.headers, body });
    const form = new URLSearchParams(body);
    const refusal = faultOf(req, form) ?? api.refuse(form.get('To') ?? '');
    if (refusal) return problem(res, refusal);
    const message = {
      ...{
        sid: `SM${String(messages.length).padStart(32, '0')}`,
        to: form.get('To') ?? '',
        body: form.get('Body') ?? '',
      },
      ...{ from: form.get('From'), messagingService: form.get('MessagingServiceSid') },
    };
    messages.push(message);
    api.answering(res, () => json(res, 201, resourceOf(message)), message);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  api.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return api;
}
export type TextMessages = Awaited<ReturnType<typeof startTextMessages>>;

/** What the API itself looks at, whoever is written to. */
function faultOf(req: IncomingMessage, form: URLSearchParams): Refusal | undefined {
  const wanted = `Basic ${Buffer.from(`${ACCOUNT.accountSid}:${ACCOUNT.authToken}`).toString('base64')}`;
  if (req.headers.authorization !== wanted) return { status: 401, code: 20003, message: 'Authenticate' };
  if (req.method !== 'POST' || req.url !== PATH)
    return { status: 404, code: 20404, message: 'The requested resource was not found' };
  const [to, from, body] = ['To', 'From', 'Body'].map((name) => form.get(name) ?? '') as [string, string, string];
  if (to === '') return { status: 400, code: 21604, message: "A 'To' phone number is required." };
  if (from === '' && !form.get('MessagingServiceSid'))
    return { status: 400, code: 21603, message: "A 'From' phone number is required." };
  if (body === '') return { status: 400, code: 21602, message: 'Message body is required.' };
  if (body.length > MOST_CHARACTERS)
    return { status: 400, code: 21617, message: 'The concatenated message body exceeds the 1600 character limit' };
  if (!/^\+[1-9]\d{6,14}$/.test(to)) return notANumber(to);
  return undefined;
}

export const notANumber = (to: string): Refusal => ({
  ...{ status: 400, code: 21211, message: `The 'To' number ${to} is not a valid phone number.` },
});
export const unsubscribed: Refusal = {
  ...{ status: 400, code: 21610, message: 'Attempt to send to unsubscribed recipient' },
};
export const tooMany: Refusal = {
  ...{ status: 429, code: 20429, message: 'Too Many Requests', headers: { 'Retry-After': '1' } },
};
export const unknownSender: Refusal = { status: 400, code: 21606, message: 'The From phone number is not valid' };

const resourceOf = ({ sid, to, from, messagingService, body }: TextMessage) => ({
  ...{ sid, account_sid: ACCOUNT.accountSid, api_version: '2010-04-01', body, to, from, direction: 'outbound-api' },
  ...{ messaging_service_sid: messagingService, status: messagingService ? 'accepted' : 'queued' },
  ...{ num_segments: '1', error_code: null, error_message: null, price: null, date_sent: null },
});

const problem = (res: ServerResponse, { status, code, message, headers }: Refusal): void =>
  json(res, status, { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status }, headers);

function json(res: ServerResponse, status: number, data: object, headers: Record<string, string> = {}): void {
  res.writeHead(status, { 'Content-Type': 'application/json;charset=utf-8', ...headers }).end(JSON.stringify(data));
}
