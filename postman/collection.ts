import { checkEveryAnswer, makeWhatIsMissing } from './every-request.ts';
import { requestOf } from './request.ts';
import { failures } from './scenarios/failures.ts';
import { gateway } from './scenarios/gateway.ts';
import { inventory } from './scenarios/inventory.ts';
import { notification } from './scenarios/notification.ts';
import { order } from './scenarios/order.ts';
import { payment } from './scenarios/payment.ts';
import { product } from './scenarios/product.ts';
import { shipping } from './scenarios/shipping.ts';
import { beforeScript, scriptOf, testScript } from './script.ts';
import { type Folder, isFolder, type Step } from './step.ts';

export { orderApi } from './order-api.ts';

const FILE = 'postman/OrderManagementMicroservices.postman_collection.json';
const ABOUT = `Every route of every service, and what they do when something fails.

Start the system with \`npm start\`, then click the requests one by one, or run the whole collection: in Postman with \
*Run collection*, or with \`npx newman run ${FILE} -e postman/local.postman_environment.json\`. It may be run again and \
again against the same system, and leaves balanced books behind.

Without an environment the services are expected on their usual ports. The failure scenarios and the chaos requests need \
\`CHAOS_API=true\`, which \`npm start\` sets. Headers and parameters that are switched off are what else the routes know.

Made by \`npm run postman\` from the OpenAPI documents and the scenarios in \`postman/scenarios\`.`;

const VARIABLES = {
  orderUrl: 'http://localhost:3000',
  inventoryUrl: 'http://localhost:3001',
  paymentUrl: 'http://localhost:3002',
  shippingUrl: 'http://localhost:3003',
  gatewayUrl: 'http://localhost:8080',
  notificationUrl: 'http://localhost:3005',
  productUrl: 'http://localhost:3004',
  customerId: 'CUST1',
  feedPosition: '0',
};

export const collection = () => ({
  info: {
    _postman_id: '6f0f2f0c-4b8e-4d7e-9a35-3f1c2d0b7a11',
    name: 'Order Management Microservices',
    description: ABOUT,
    schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
  },
  item: [order, inventory, payment, shipping, product, notification, gateway, failures].map(itemOf),
  event: [event('prerequest', scriptOf(makeWhatIsMissing)), event('test', scriptOf(checkEveryAnswer))],
  variable: Object.entries(VARIABLES).map(([key, value]) => ({ key, value })),
});

function itemOf(item: Step | Folder): object {
  if (isFolder(item)) return { name: item.name, description: item.about, item: item.items.map(itemOf) };
  const before = beforeScript(item);
  return {
    name: item.name,
    event: [...(before.length > 0 ? [event('prerequest', before)] : []), event('test', testScript(item))],
    request: requestOf(item),
    response: [],
  };
}

const event = (listen: string, exec: string[]) => ({ listen, script: { type: 'text/javascript', exec } });
