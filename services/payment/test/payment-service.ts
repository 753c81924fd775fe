import type { RunningService } from '@oms/shared/service/process';
import { createParts, serve } from '@oms/shared/service/service';
import { createMetrics } from '@oms/shared/telemetry/metrics';
import { type Answer, client } from '../../../tests/support/answers.ts';
import { createApp } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import type { Payment } from '../src/domain/payment.ts';
import type { PaymentProvider } from '../src/domain/provider.ts';
import { SimulatedProvider } from '../src/simulated-provider.ts';
import type { PaymentParts } from '../src/through-provider.ts';

const config = readConfig({ PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'silent' });

/** A payment service that listens, with its provider, and more processes on its store if a test starts them. */
export class PaymentService {
  readonly #running: RunningService[] = [];
  #url = '';

  private constructor(readonly parts: PaymentParts) {}

  static async start(): Promise<PaymentService> {
    const provider = new SimulatedProvider({ latencyMs: 0, testTokens: true });
    const providerTimeoutMs = config.PROVIDER_TIMEOUT_MS;
    const service = new PaymentService({
      ...(await createParts<Payment>('payment', config)),
      provider,
      providerTimeoutMs,
    });
    service.#url = await service.another();
    return service;
  }

  /** The address of one more process on the same store. */
  async another(change: Partial<PaymentParts> = {}): Promise<string> {
    const parts = { ...this.parts, metrics: createMetrics('payment'), ...change };
    const running = await serve(createApp(parts), parts, config);
    this.#running.push(running);
    return `http://127.0.0.1:${running.port}`;
  }

  get provider(): SimulatedProvider {
    return this.parts.provider as SimulatedProvider;
  }

  async stop(): Promise<void> {
    for (const running of this.#running) await running.stop();
  }

  get = (path: string) => client(this.#url).get(path);
  delete = (path: string) => client(this.#url).delete(path);
  authorize = (change: object = {}, key?: string, at?: string) =>
    this.#post('/payments/authorize', { amount: 30, paymentMethod: 'tok_visa', ...change }, key, at);
  capture = (change: object = {}, key?: string, at?: string) => this.#post('/payments/capture', change, key, at);
  refund = (change: object = {}, key?: string, at?: string) => this.#post('/payments/refund', change, key, at);

  async ofOrder(orderId = 'O1') {
    return (await this.get(`/payments?orderId=${orderId}`)).body.items[0];
  }

  async eventTypes(): Promise<string[]> {
    return (await this.get('/events')).body.events.map(({ type }: { type: string }) => type);
  }

  /** The provider's own account of order O1. */
  done(): string[] {
    const done = this.provider.entriesOf('O1:authorize').filter(({ answer }) => answer.kind === 'done');
    return done.map(({ type, amountCents }) => `${type} ${amountCents}`);
  }

  #post(path: string, body: object, key: string | undefined, at = this.#url) {
    return client(at).post(path, { orderId: 'O1', ...body }, { key });
  }
}

type Movement = Exclude<keyof PaymentProvider, 'ping'>;

/** A provider that holds requests of one kind back until `letGo`, and loses its answers to them while `losing`. */
export function unreliable(provider: PaymentProvider, kind: Movement) {
  let letGo = () => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  const wire = { requests: 0, losing: false, letGo };
  const through = async (request: never, signal: AbortSignal) => {
    wire.requests++;
    await held;
    const answer = await provider[kind](request, signal);
    if (wire.losing) throw new Error('the answer was lost');
    return answer as never;
  };
  return { wire, provider: butFor(provider, { [kind]: through }) };
}

/** A provider with other methods. */
export const butFor = (provider: PaymentProvider, change: Partial<PaymentProvider>): PaymentProvider => ({
  authorize: (request, signal) => provider.authorize(request, signal),
  capture: (request, signal) => provider.capture(request, signal),
  refund: (request, signal) => provider.refund(request, signal),
  void: (request, signal) => provider.void(request, signal),
  ping: (signal) => provider.ping(signal),
  ...change,
});

/** A provider that does requests of one kind, but loses every answer. */
export function losing(provider: PaymentProvider, kind: Movement): PaymentProvider {
  const { wire, provider: wrapped } = unreliable(provider, kind);
  wire.losing = true;
  wire.letGo();
  return wrapped;
}

export const replayed = ({ headers }: Answer): boolean => headers['idempotent-replayed'] === 'true';
