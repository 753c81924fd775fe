import { request } from 'node:http';
import { startTarget, type Target } from '../support/call-target.ts';

type Sent = Target['requests'][number];

/** Passes on what it gets, as it came, and keeps it; some answers are lost on their way back. */
export async function passageTo(url: string, isLost: (sent: Sent) => boolean = () => false): Promise<Target> {
  const passage = await startTarget();
  passage.answer = (_, res) => {
    const sent = passage.requests.at(-1) as Sent;
    const { method, headers } = sent;
    const onward = request(url + sent.path, { method, headers }, (answer) => {
      if (isLost(sent)) res.destroy();
      else answer.pipe(res.writeHead(answer.statusCode ?? 502, answer.headers));
    });
    onward.on('error', () => res.destroy()).end(sent.body);
  };
  return passage;
}
