import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { hops } from './hops.js';
import { answer, listen, read } from './listen.js';

/** The same work as a workflow of Temporal: two local activities, the request's key as the workflow's id. */
Runtime.install({ logger: new DefaultLogger('ERROR') });
const connection = await NativeConnection.connect({ address: process.env.TEMPORAL_ADDRESS });
await connection.workflowService.registerNamespace({
  namespace: 'default',
  workflowExecutionRetentionPeriod: { seconds: 24 * 60 * 60 },
});
const taskQueue = 'bench';
const worker = await Worker.create({
  connection,
  taskQueue,
  workflowsPath: fileURLToPath(new URL('temporal-workflows.js', import.meta.url)),
  bundlerOptions: { ignoreModules: ['undici'] },
  activities: hops(process.env.PARTICIPANTS_URL),
  // More than there are clients: a workflow starts eagerly only if one is free, and its polls take some of the usual 40.
  maxConcurrentWorkflowTaskExecutions: 200,
});
worker.run().catch((error) => {
  console.error(error);
  process.exit(1);
});
const { workflow } = new Client({ connection });

async function placed(workflowId, text) {
  const options = {
    taskQueue,
    workflowId,
    args: [randomUUID(), JSON.parse(text)],
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    requestEagerStart: true,
  };
  const order = await workflow.execute('place', options).catch((error) => {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return workflow.getHandle(workflowId).result();
    throw error;
  });
  return JSON.stringify(order);
}

listen((req, res) =>
  read(req, (text) =>
    placed(req.headers['idempotency-key'], text).then(
      (body) => answer(res, 201, body),
      (error) => answer(res, 500, JSON.stringify({ error: error.message })),
    ),
  ),
);
