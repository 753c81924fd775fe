import { describe, expect, it } from '@jest/globals';
import { dashboards, datasource, type Panel } from './files.ts';

const all = dashboards();
const overlap = ({ gridPos: a }: Panel, { gridPos: b }: Panel) =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

it('dashboards exist for the business, the services, resilience and the runtime', () => {
  expect(all.map(({ uid }) => uid).sort()).toEqual(['oms-business', 'oms-resilience', 'oms-runtime', 'oms-services']);
});

describe.each(all)('the dashboard $title', ({ panels }) => {
  const charts = panels.filter(({ type }) => type !== 'row');

  it('uses the provisioned data source', () => {
    const uid = /uid: (\w+)/.exec(datasource())?.[1];
    expect([...new Set(charts.map((panel) => panel.datasource?.uid))]).toEqual([uid]);
  });

  it('has panels that do not overlap, within the 24 columns', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([]);
    const pairs = panels.flatMap((one, i) => panels.slice(i + 1).map((other) => [one, other] as const));
    expect(pairs.filter(([one, other]) => overlap(one, other))).toEqual([]);
  });

  it('describes every panel, with its unit', () => {
    const lacking = charts.filter(
      ({ title, fieldConfig, targets }) => !(title && fieldConfig?.defaults.unit && targets?.every(({ expr }) => expr)),
    );
    expect(lacking).toEqual([]);
  });
});
