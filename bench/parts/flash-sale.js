import { shown } from '../report/table.js';
import { clientOf } from '../rig/client.js';
import { interleaved } from '../rig/rounds.js';
import { ratios } from '../rig/statistics.js';
import { wholeSystem } from '../rig/system.js';

const CLIENTS = 256;
const SPREAD = '1,000 products';
const HOT = 'one product';
const FEW = 300;

/** Everybody wants the same product. */
export async function flashSale(rig) {
  const texts = [];
  for (const durable of [false, true]) {
    const contenders = [
      wholeSystem(SPREAD, { durable }),
      wholeSystem(HOT, { durable, requests: { what: { products: 1 } } }),
    ];
    const results = await interleaved(rig, contenders, { connections: [CLIENTS] });
    const of = (name) => results[name].map((round) => round[CLIENTS].perSecond);
    const { confirmed, refused } = await sellOut(rig, durable);
    const ratio = shown(ratios(of(HOT), of(SPREAD)));
    texts.push(
      `${durable ? 'On PostgreSQL' : 'In memory'}, ${CLIENTS} clients who all order one product place ${ratio} times as many orders as with ${SPREAD}; of ${FEW} units ${confirmed} are sold, and ${refused} orders refused.`,
    );
  }
  return { title: 'A flash sale', text: texts.join(' ') };
}

/** More want it than there are. */
async function sellOut(rig, durable) {
  const running = await wholeSystem('', { durable, products: 1, stock: FEW }).start(rig);
  try {
    const { statuses } = await rig.load.run({
      kind: 'placing',
      what: { products: 1 },
      port: running.port,
      connections: CLIENTS,
      ms: 60_000,
      most: FEW * 4,
      expected: ['201', '409'],
    });
    const level = await clientOf(running.inventoryPort).inventory.get('P00000');
    if (level.reserved !== statuses['201'] || level.reserved > FEW)
      throw new Error(`oversold: ${JSON.stringify({ level, statuses })}`);
    return { confirmed: statuses['201'], refused: statuses['409'] };
  } finally {
    await running.stop();
  }
}
