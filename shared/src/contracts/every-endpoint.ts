import { type Endpoint, endpointsOf, isEndpoint } from './endpoint.ts';
import * as feed from './feed.ts';
import * as gateway from './gateway.ts';
import * as inventory from './inventory.ts';
import * as notification from './notification.ts';
import * as operations from './operations.ts';
import * as orderCommands from './order-commands.ts';
import * as orders from './order-endpoints.ts';
import * as payment from './payment.ts';
import * as product from './product.ts';
import * as service from './service.ts';
import * as shipping from './shipping.ts';
import * as webhook from './webhook.ts';

const general = endpointsOf(service);
const contracts = [
  feed,
  gateway,
  orders,
  orderCommands,
  operations,
  product,
  inventory,
  payment,
  shipping,
  notification,
  webhook,
  service,
];

/** What each endpoint is called where it is defined. */
export const NAMES: ReadonlyMap<Endpoint, string> = new Map(
  [...contracts].flatMap((contract) =>
    Object.entries(contract).flatMap(([name, one]) => (isEndpoint(one) ? [[one, name] as const] : [])),
  ),
);

/** Every route of every process. */
export const EVERY_ENDPOINT = {
  order: [...[orders, orderCommands, operations].flatMap(endpointsOf), ...general],
  inventory: [...endpointsOf(inventory), ...general],
  payment: [...endpointsOf(payment), ...general],
  shipping: [...endpointsOf(shipping), ...general],
  product: [...endpointsOf(product), ...general],
  notification: [...[notification, webhook].flatMap(endpointsOf), ...general],
  gateway: [...endpointsOf(gateway), ...general.filter(({ path }) => path !== '/health' && path !== '/events')],
} satisfies Record<string, Endpoint[]>;
