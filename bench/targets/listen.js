import { createServer } from 'node:http';

/** What all targets of ours have in common: a port of their own, told to whoever started them, who ends them. */
export function listen(handle) {
  const server = createServer({ keepAliveTimeout: 75_000 }, handle);
  server.listen(0, '127.0.0.1', 4096, () => process.send({ ready: server.address().port }));
  process.on('disconnect', () => process.exit());
  process.on('SIGTERM', () => process.exit());
}

/** The body of a request, as text. */
export function read(req, use) {
  let text = '';
  req.setEncoding('utf8');
  req.on('data', (chunk) => (text += chunk));
  req.on('end', () => use(text));
}

export function answer(res, status, body) {
  res.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
  res.end(body);
}
