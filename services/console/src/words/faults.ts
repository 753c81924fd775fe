import type { Chaos } from '@oms/client';

/** What chaos makes a service do wrong, if anything. */
export function faultsOf(chaos: Chaos | null): string | undefined {
  if (!chaos?.enabled) return undefined;
  const percent = (rate: number) => `${Math.round(rate * 100)} %`;
  const faults = [
    chaos.failureRate > 0 && `fails ${percent(chaos.failureRate)}`,
    chaos.latencyMs > 0 && `${chaos.latencyMs / 1000} s slow`,
    chaos.dropRate > 0 && `drops ${percent(chaos.dropRate)}`,
  ].filter(Boolean);
  return faults.length > 0 ? faults.join(', ') : undefined;
}

export const secondsLeft = ({ expiresAt }: Chaos, now: number): number =>
  expiresAt === null ? 0 : Math.max(0, Math.ceil((Date.parse(expiresAt) - now) / 1000));
