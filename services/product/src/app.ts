import { endpointsOf } from '@oms/shared/contracts/endpoint';
import * as contract from '@oms/shared/contracts/product';
import { createServiceApp } from '@oms/shared/http/app';
import { mustMatch, tagOf } from '@oms/shared/http/conditions';
import { answered, carryOut, type WriteRequest } from '@oms/shared/http/idempotent';
import { after } from '@oms/shared/http/paging';
import { replyOf } from '@oms/shared/http/reply';
import type { Handled } from '@oms/shared/http/route';
import { defineServiceRoutes } from '@oms/shared/http/service-routes';
import { toAmount, USUAL_CURRENCY } from '@oms/shared/money';
import type { ServiceParts } from '@oms/shared/service/parts';
import type { Answer } from '@oms/shared/store/store';
import type { Express } from 'express';
import type { CatalogSearch } from './catalog-search.ts';
import { products } from './documents.ts';
import * as product from './domain/product.ts';
import { isOnSale, onSale, type Product, type ProductEvent } from './domain/product.ts';

export interface ProductParts extends ServiceParts<Product> {
  search: CatalogSearch;
}

export function createApp(parts: ProductParts): Express {
  const { store, world, search } = parts;

  return createServiceApp(parts, (on, app) => {
    on(contract.listProducts, async ({ query: { category, ids, ...query }, req }, reply) => {
      if (ids) {
        const found = await named(ids);
        return reply(200, allOf(found.filter((one) => category === undefined || one.category === category)));
      }
      const where: Record<string, string> = category === undefined ? { onSale: 'yes' } : { category };
      const found = await store.list({ where, limit: query.limit, after: after(query) });
      return reply.page(req, found, render);
    });

    on(contract.searchProducts, async ({ params, query }, reply) =>
      reply(200, allOf(await search.find(params.query, query.limit))),
    );

    on(contract.getProduct, async ({ params: { productId } }, reply) =>
      reply.tagged(200, render(onSale((await store.read(productId))?.data, productId))),
    );

    on(contract.createProduct, async (input, reply) => {
      const id = input.body.id ?? world.newId(world.now());
      const decide = (known: Product | undefined) => product.create(known, id, input.body);
      return change(input, id, decide, (made) => reply(201, render(made), { Location: `/products/${id}` }));
    });
    on(contract.changeProduct, async (input) => {
      const { productId } = input.params;
      return change(input, productId, (known) => product.change(known, productId, input.body));
    });
    on(contract.deleteProduct, async (input, reply) => {
      const { productId } = input.params;
      return change(
        input,
        productId,
        (known) => product.remove(known, productId),
        (gone) => reply(200, render(gone)),
      );
    });

    defineServiceRoutes(on, app, parts, endpointsOf(contract));
  });

  function change(
    input: WriteRequest & { headers?: { 'if-match'?: string | undefined } | undefined },
    productId: string,
    decide: (known: Product | undefined) => ProductEvent | undefined,
    answerOf = (changed: Product): Answer => replyChanged.tagged(200, render(changed)),
  ): Promise<Handled> {
    return carryOut(parts, [productId], input, (docs, now) => {
      const known = products.in(docs, productId);
      if (isOnSale(known)) mustMatch(input.headers, tagOf(render(known)), `Product ${productId}`);
      const event = decide(known);
      if (!event) return { answer: answerOf(known as Product) };
      const changed = product.apply(known, event, now);
      return { put: [products.put(changed)], events: [event], answer: answerOf(changed) };
    }).then(answered);
  }

  async function named(ids: readonly string[]): Promise<Product[]> {
    const docs = await Promise.all([...new Set(ids)].map((id) => store.read(id)));
    return docs.map((doc) => doc?.data).filter(isOnSale);
  }
}

const replyChanged = replyOf(contract.changeProduct);

const allOf = (found: readonly Product[]) => ({ items: found.map(render), nextCursor: null });

const render = ({ productId, name, description, category, sku, ...product }: Product): contract.Product => ({
  id: productId,
  name,
  description,
  price: toAmount(product.priceCents, product.decimals),
  currency: product.currency ?? USUAL_CURRENCY,
  category,
  sku,
  createdAt: new Date(product.createdAt).toISOString(),
  updatedAt: new Date(product.updatedAt).toISOString(),
});
