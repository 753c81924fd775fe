import type { Response } from 'express';
import type { Dispatcher } from 'undici';
import type { Compressed, Compression } from './compression.ts';
import { answerHeaders } from './headers.ts';

type Controller = Dispatcher.DispatchController;
type Headers = Record<string, string | string[] | undefined>;

export interface Beginning {
  status: number;
  headers: Headers;
}

/**
 * One request to one address. `begun` resolves when the answer begins, and rejects when none does. From then on the answer
 * is streamed to the client as fast as it reads, unless it is compressed. If it breaks off, the client's connection is cut too, so that
 * a part of an answer never looks like a whole one.
 */
export class Relay implements Dispatcher.DispatchHandler {
  readonly begun: Promise<Beginning>;
  #begin!: (beginning: Beginning) => void;
  #fail!: (error: Error) => void;
  #controller: Controller | undefined;
  #aborted: Error | undefined;
  #answering = false;
  #compressed: Compressed | undefined;
  #over = false;

  constructor(
    private readonly res: Response,
    private readonly compression: Pick<Compression, 'begin'>,
    /** Called when the answer is about to be sent. */
    private readonly onBeginning: (beginning: Beginning) => void,
    /** Without an error, the answer was received as a whole. */
    private readonly onEnd: (error?: Error) => void,
    /** Why the client shall not see an answer; undefined: it shall. */
    private readonly whyNot: (beginning: Beginning) => string | undefined = () => undefined,
  ) {
    this.begun = new Promise((resolve, reject) => {
      this.#begin = resolve;
      this.#fail = reject;
    });
  }

  /** Ends the request, also while it still waits for a connection. */
  abort(why: string): void {
    if (this.#over || this.#aborted) return;
    this.#aborted = new Error(why);
    this.#controller?.abort(this.#aborted);
    this.#fail(this.#aborted);
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#aborted) controller.abort(this.#aborted);
  }

  onResponseStart(controller: Controller, status: number, received: Headers): void {
    if (status < 200) return;
    const reason = this.whyNot({ status, headers: received });
    if (reason !== undefined) return void this.abort(reason);
    this.#answering = true;
    const headers = answerHeaders(received);
    for (const name in headers) this.res.setHeader(name, headers[name] as string);
    this.res.statusCode = status;
    this.#compressed = this.compression.begin(this.res, { status, headers });
    this.onBeginning({ status, headers });
    this.#begin({ status, headers });
    if (this.res.destroyed || this.res.writableEnded) return;
    this.res.on('drain', () => controller.resume());
    // Of an answer of unknown length, the first byte may come at any time.
    if (headers['content-length'] === undefined) this.res.flushHeaders();
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.res.destroyed || this.res.writableEnded) return;
    if (this.#compressed) return void this.#compressed.add(chunk);
    if (!this.res.write(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    this.#end();
    if (this.#compressed) this.#compressed.end();
    else this.res.end();
  }

  onResponseError(_controller: Controller, error: Error): void {
    this.#end(error);
    this.#fail(error);
    if (this.#answering && !this.res.writableEnded) this.res.destroy();
  }

  #end(error?: Error): void {
    this.#over = true;
    this.onEnd(error);
  }
}
