import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { Prometheus } from '../../ops/prometheus/fire/prometheus.ts';
import { shortened } from '../../ops/prometheus/fire/shortened.ts';
import { again } from '../../ops/prometheus/fire/stage.ts';
import { Starter } from '../support/starter.ts';
import { Alertmanager } from './alertmanager.ts';
import { PROMETHEUS } from './files.ts';
import { describeWith } from './promtool.ts';

jest.setTimeout(240_000);

let alertmanager: Alertmanager;

describeWith('alertmanager')('Alertmanager', () => {
  beforeEach(async () => {
    alertmanager = await Alertmanager.start();
  });
  afterEach(() => alertmanager?.stop());

  const told = (alertname: string, severity: string, labels: Record<string, string> = {}) =>
    alertmanager.tell({ alertname, severity, ...labels });

  it('delivers what is critical to one address, and warnings to the other', async () => {
    await told('SagaStuck', 'critical');
    await told('OutboxLagging', 'warning', { service: 'order' });
    await alertmanager.delivers('/critical', 'firing', { alertname: 'SagaStuck' });
    await alertmanager.delivers('/warning', 'firing', { alertname: 'OutboxLagging', service: 'order' });
    const both = ['/critical', '/warning'].map((path) => alertmanager.deliveredTo(path, 'firing').length);
    expect(both).toEqual([1, 1]);
  });

  it('delivers alerts of one kind and service together', async () => {
    const classes = ['reads', 'writes', 'sagas'].map((name) => ({ service: 'order', class: name }));
    const labels = classes.map((one) => ({ alertname: 'HighErrorRate', severity: 'critical', ...one }));
    await alertmanager.tell(...labels);
    await alertmanager.delivers('/critical', 'firing', { class: 'reads' });
    const [{ notification } = { notification: undefined }] = alertmanager.delivered;
    expect(notification?.alerts.map((alert) => alert.labels.class).sort()).toEqual(['reads', 'sagas', 'writes']);
  });

  it('does not tell of what follows from a cause that it tells of', async () => {
    await alertmanager.tell(
      { alertname: 'InstanceDown', severity: 'critical', service: 'payment' },
      { alertname: 'HighErrorRate', severity: 'critical', service: 'payment', class: 'writes' },
      { alertname: 'CircuitBreakerOpen', severity: 'warning', service: 'order', target: 'payment' },
      { alertname: 'CircuitBreakerOpen', severity: 'warning', service: 'order', target: 'shipping' },
      { alertname: 'SlowTail', severity: 'warning', service: 'product', class: 'reads' },
    );
    await alertmanager.delivers('/critical', 'firing', { alertname: 'InstanceDown' });
    await alertmanager.delivers('/warning', 'firing', { target: 'shipping' });
    await alertmanager.delivers('/warning', 'firing', { alertname: 'SlowTail', service: 'product' });
    const all = alertmanager.delivered.flatMap(({ notification }) => notification.alerts);
    expect(all.map(({ labels }) => labels.target ?? labels.alertname).sort()).toEqual([
      'InstanceDown',
      'SlowTail',
      'shipping',
    ]);
  });
});

describeWith('alertmanager', 'prometheus')('a service that fails', () => {
  let starter: Starter;
  let prometheus: Prometheus;

  beforeEach(async () => {
    starter = await Starter.run(['inventory'], { env: { CHAOS_API: 'true', LOG_LEVEL: 'error' } });
    await starter.says('Ready in');
    alertmanager = await Alertmanager.start();
    const addresses = { inventory: starter.urlOf('inventory') };
    const folder = PROMETHEUS;
    prometheus = await Prometheus.start({ folder, addresses, alertmanager: alertmanager.url, rewrite: shortened });
  });
  afterEach(async () => {
    await prometheus?.stop();
    await alertmanager?.stop();
    await starter?.cleanUp();
  });

  const ask = (path: string, init?: object) => fetch(starter.urlOf('inventory') + path, init);
  const chaos = (change: object) =>
    ask('/chaos', {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(change),
    });

  it('is notified of by Prometheus and Alertmanager, and so is its end', async () => {
    await chaos({ failureRate: 1 });
    const stop = again(5, () => ask('/inventory').then((answer) => answer.text()));
    const failing = { alertname: 'HighErrorRate', severity: 'critical', service: 'inventory', class: 'reads' };
    await alertmanager.delivers('/critical', 'firing', failing);
    const [alert] = alertmanager.delivered.flatMap(({ notification }) =>
      notification.alerts.filter(({ labels }) => labels.class === 'reads'),
    );
    expect(alert?.annotations).toMatchObject({
      summary: 'inventory fails',
      runbook_url: 'docs/runbooks.md#higherrorrate',
    });
    await chaos({ enabled: false });
    await alertmanager.delivers('/critical', 'resolved', failing);
    await stop();
  });
});
