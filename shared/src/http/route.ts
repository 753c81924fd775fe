import type { Request, Response } from 'express';
import type { Caller } from '../contracts/caller.ts';
import type { Answers, Endpoint } from '../contracts/endpoint.ts';
import type { RequestKey } from '../store/store.ts';
import type { Trace } from '../telemetry/trace.ts';
import type { EventStreams } from './event-streams.ts';
import type { RequestContext } from './problem.ts';
import type { Reply } from './reply.ts';
import type { Sendable } from './send.ts';

/** A request as a route gets it: parsed, with its caller and its trace. */
export interface Input<P, Q, B, H> extends RequestContext {
  params: P;
  query: Q;
  body: B;
  headers: H;
  caller: Caller;
  /** Present when the client sent an Idempotency-Key. */
  request: RequestKey | undefined;
  trace: Trace;
  /** Where events are streamed. */
  streams: EventStreams;
  req: Request;
  res: Response;
}

/** The answer of a route; `undefined`: the route has streamed one itself. */
export type Handled = Sendable | undefined;

/** Adds the route of an endpoint. */
export type On = <P, Q, B, H, A extends Answers>(
  contract: Endpoint<P, Q, B, H, A>,
  handle: (input: Input<P, Q, B, H>, reply: Reply<A>) => Promise<Handled>,
) => void;
