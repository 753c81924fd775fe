import { answer, listen, read } from './listen.js';

/** Inventory and payment that say yes to everything, as quickly as node can. */
const answers = {
  '/inventory/reserve': '{"orderId":"any","status":"RESERVED","items":[]}',
  '/payments/authorize':
    '{"id":"payment-1","orderId":"any","status":"AUTHORIZED","amount":29.99,"captured":0,"refunded":0,"currency":"USD","method":"tok_visa"}',
};

listen((req, res) => read(req, () => answer(res, 201, answers[req.url])));
