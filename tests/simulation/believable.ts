import type { Transport } from '@oms/shared/resilience/transport';
import { codeIn } from './gateway-promises.ts';
import { INJECTED } from './network.ts';

/** Answers that say nothing about the result: those of the network, and a gateway's 502 and 504. */
export function believable(transport: Transport): Transport {
  return {
    ...transport,
    async send(request) {
      const answer = await transport.send(request);
      const { status, headers, body } = answer;
      const isUnknown = headers[INJECTED] || (status > 500 && UNKNOWN.includes(codeIn(body)));
      if (isUnknown) throw new Error(`answered ${status} on the way`);
      return answer;
    },
  };
}

const UNKNOWN = ['BAD_GATEWAY', 'GATEWAY_TIMEOUT'];
