import { type RunningService, runAsProcess } from '@oms/shared/service/process';
import { createParts, serve } from '@oms/shared/service/service';
import { createApp } from './app.ts';
import { type Config, readConfig } from './config.ts';
import type { Payment } from './domain/payment.ts';
import { showDoubts } from './payment-metrics.ts';
import { SimulatedProvider } from './simulated-provider.ts';

const MIGRATIONS = new URL('../migrations/', import.meta.url);

export async function start(config: Config): Promise<RunningService> {
  const parts = await createParts<Payment>('payment', config, MIGRATIONS);
  parts.metrics.collectProcess();
  showDoubts(parts.metrics, parts.store, parts.world);
  const { PROVIDER_LATENCY_MS: latencyMs, PROVIDER_TIMEOUT_MS: providerTimeoutMs, TEST_TOKENS: testTokens } = config;
  const provider = new SimulatedProvider({ latencyMs, testTokens });
  return serve(createApp({ ...parts, provider, providerTimeoutMs }), parts, config);
}

await runAsProcess(import.meta.url, 'payment', () => start(readConfig(process.env)));
