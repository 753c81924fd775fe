import { freePort } from './free-port.ts';
import { type Replica, ServiceProcess } from './service-process.ts';

/**
 * Real service processes, each with the addresses of all. Replicas have names such as order-2.
 */
export async function processesOf(
  names: readonly string[],
  env: Record<string, string>,
  where: Pick<Replica, 'logs' | 'project'> = {},
): Promise<ServiceProcess[]> {
  const replicas = [];
  const urls: Record<string, string[]> = {};
  for (const name of names) {
    const [service] = name.split('-') as [string];
    const port = await freePort();
    (urls[`${service.toUpperCase()}_SERVICE_URL`] ??= []).push(`http://127.0.0.1:${port}`);
    replicas.push({ service, name, port });
  }
  const addresses = Object.fromEntries(Object.entries(urls).map(([variable, all]) => [variable, all.join()]));
  addresses.PRODUCT_SERVICE_URL ??= 'none';
  return replicas.map((replica) => new ServiceProcess({ ...replica, env: { ...addresses, ...env }, ...where }));
}
