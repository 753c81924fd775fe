export const at = (name: string) => `http://${name}`;

/** The addresses of the gateways. */
export const GATEWAYS = ['gateway-1', 'gateway-2'].map(at);
export const ORDER_REPLICAS = ['order-1', 'order-2'].map(at);
export const SHIPPING = [at('shipping')];
