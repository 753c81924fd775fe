import { endpointsOf } from '@oms/shared/contracts/endpoint';
import * as operations from '@oms/shared/contracts/operations';
import * as orderCommands from '@oms/shared/contracts/order-commands';
import * as orders from '@oms/shared/contracts/order-endpoints';
import { createServiceApp } from '@oms/shared/http/app';
import { defineServiceRoutes } from '@oms/shared/http/service-routes';
import type { Express } from 'express';
import { SagaRequests } from '../runner/requests.ts';
import { defineCommands } from './commands.ts';
import { defineGivenBack } from './given-back.ts';
import { defineHistory } from './history.ts';
import { defineOperations } from './operations.ts';
import type { OrderParts } from './parts.ts';
import { definePlacing } from './placing.ts';
import { defineReading } from './reading.ts';

export function createApp(parts: OrderParts): Express {
  const { settings, lifecycle } = parts;
  const requests = new SagaRequests({ ...parts, stopping: lifecycle.stopping, drainWaitMs: settings.drainMs / 2 });

  return createServiceApp(parts, (on, app) => {
    definePlacing(on, parts, requests);
    defineCommands(on, parts, requests);
    defineReading(on, parts);
    defineHistory(on, parts);
    defineGivenBack(on, parts);
    defineOperations(on, parts);
    defineServiceRoutes(on, app, parts, [orders, orderCommands, operations].flatMap(endpointsOf));
  });
}
