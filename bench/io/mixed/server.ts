/** Answers every request after 50 ms with 20 KB of JSON, which is made once. Arguments: latency in ms. Says its port. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRandom } from '../../harness/random.ts';

const BODIES = 64;
const BYTES = 20_000;
const [latency = '50'] = process.argv.slice(2);
const random = createRandom(3);

const bodies = Array.from({ length: BODIES }, (_, id) => {
  const rows: object[] = [];
  for (let length = 0; length < BYTES; length += 100) {
    rows.push({ id: Math.floor(random() * 1e9), name: `row ${Math.floor(random() * 1e6)}`, value: random() });
  }
  return Buffer.from(JSON.stringify({ id, rows }));
});

const server = createServer((request, response) => {
  const body = bodies[Number(request.url?.slice(1)) % BODIES] as Buffer;
  setTimeout(() => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
    response.end(body);
  }, Number(latency));
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.stdin.resume().on('end', () => process.exit());
