import { answer, listen, read } from './listen.js';

/** Inventory and payment that say yes to everything, as quickly as node can. */
const answers = {
  '/inventory/reserve':
    '{"orderId":"any","status":"RESERVED","items":[{"productId":"PROD001","quantity":1}],"updatedAt":"2026-01-01T00:00:00.000Z"}',
  '/payments/authorize':
    '{"id":"payment-1","orderId":"any","status":"AUTHORIZED","amount":29.99,"captured":0,"refunded":0,"currency":"USD","method":"tok_visa","createdAt":"2026-01-01T00:00:00.000Z","updatedAt":"2026-01-01T00:00:00.000Z"}',
};

listen((req, res) => read(req, () => answer(res, 201, answers[req.url])));
