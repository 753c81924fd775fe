// Runs in the pod `load`, after a line that says PER_SECOND: orders at that rate through the Service, each once, until its input ends.
// Each answer is a line with its status; the last line sums up.
const ORDERS = 'http://gateway:8080/orders';
// Longer than the gateway waits: it always says what has become of a request.
const TIMEOUT_MS = 40_000;
const BROKEN = ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'];
/** Placed, or taken and still being placed. */
const GOOD = [201, 202];
const headers = { 'Content-Type': 'application/json' };
const all = [];
const underWay = new Set();
const startedAt = performance.now();
const name = `load-${Date.now()}`;
const failures = {};
let ended = false;
let number = 0;
let repeated = 0;

/** A connection that was kept may end while something is sent on it: that is sent once more, as browsers do. */
async function ask(url, options, mayRepeat = true) {
  try {
    const answer = await fetch(url, { ...options, signal: AbortSignal.timeout(TIMEOUT_MS) });
    return { status: answer.status, body: await answer.json() };
  } catch (error) {
    const code = error.cause?.code ?? error.name;
    if (mayRepeat && BROKEN.includes(code)) {
      repeated++;
      return ask(url, options, false);
    }
    return { status: 0, body: { code } };
  }
}

async function place(turn) {
  const items = [{ productId: 'prod1', quantity: 1 }];
  const body = JSON.stringify({ customerId: `${name}-${turn}`, items });
  const keyed = { ...headers, 'Idempotency-Key': `${name}-${turn}` };
  const { status, body: order } = await ask(ORDERS, { method: 'POST', headers: keyed, body });
  console.log(String(status));
  all.push({ status, at: performance.now(), id: order.id });
  if (!GOOD.includes(status)) failures[`${status} ${order.code}`] = (failures[`${status} ${order.code}`] ?? 0) + 1;
}

process.stdin.on('end', () => {
  ended = true;
});
process.stdin.resume();

await ask('http://gateway:8080/inventory/prod1', {
  method: 'PUT',
  headers: { ...headers, 'Idempotency-Key': name },
  body: JSON.stringify({ quantity: 100_000 }),
});
while (!ended) {
  const due = startedAt + (number * 1000) / PER_SECOND;
  const early = due - performance.now();
  if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
  const one = place(number++);
  underWay.add(one);
  one.finally(() => underWay.delete(one));
}
await Promise.all(underWay);

const good = all.filter(({ status }) => GOOD.includes(status));
const times = good.map(({ at }) => at).sort((one, other) => one - other);
const gap = Math.max(0, ...times.slice(1).map((at, i) => at - times[i]));
let lost = 0;
for (let i = 0; i < good.length; i += 20) {
  const found = await Promise.all(good.slice(i, i + 20).map(({ id }) => ask(`${ORDERS}/${id}`, {})));
  lost += found.filter(({ status }) => status !== 200).length;
}
const inSeconds = (ms) => Number((ms / 1000).toFixed(1));
const codes = Object.entries(failures).map(([code, count]) => `${count} × ${code}`);
console.log(
  JSON.stringify({
    requests: all.length,
    failed: all.length - good.length,
    seconds: inSeconds(times.at(-1) - startedAt),
    gap: inSeconds(gap),
    repeated,
    pending: good.filter(({ status }) => status === 202).length,
    codes: codes.join(', '),
    lost,
  }),
);
