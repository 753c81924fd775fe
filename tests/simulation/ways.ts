import { Cut } from '@oms/shared/resilience/cut';
import type { HttpRequest, HttpResponse, Transport } from '@oms/shared/resilience/transport';
import type { Dispatcher } from 'undici';
import type { Asker } from './inject.ts';

type Send = (request: HttpRequest, asker: Asker) => void;
export type Agent = Pick<Dispatcher, 'dispatch'>;

/** The transport between services. */
export function wholeAnswers(send: Send): Transport {
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        let head: Omit<HttpResponse, 'body'> | undefined;
        let body = '';
        const hear: Asker['hear'] = (piece) => {
          head ??= piece.head;
          body += piece.body;
          if (piece.isLast && head) resolve({ ...head, body });
        };
        send(request, { hear, fail: reject });
      }),
    close: async () => {},
  };
}

/** The transport of the gateway. */
export function flowingAnswers(send: Send): Agent {
  return {
    dispatch: ({ origin, path, method, headers, body }, handler) => {
      const signal = new Cut();
      const abort = (reason: Error) => signal.abort(reason);
      const controller = { abort, pause() {}, resume() {} } as Dispatcher.DispatchController;
      const request = { origin, path, method, headers, body: body?.toString(), signal } as HttpRequest;
      handler.onRequestStart?.(controller, undefined);
      send(request, {
        hear({ head, body, isLast }) {
          if (head) handler.onResponseStart?.(controller, head.status, head.headers);
          if (signal.aborted) return;
          if (body !== '') handler.onResponseData?.(controller, Buffer.from(body));
          if (isLast) handler.onResponseEnd?.(controller, {});
        },
        fail: (error) => handler.onResponseError?.(controller, error),
      });
      return true;
    },
  };
}
