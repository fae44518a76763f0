import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A server in a process of its own, which answers each request after that many ms. */
export interface SlowServer {
  readonly port: string;
  readonly close: () => void;
}

export async function openServer(latency: number): Promise<SlowServer> {
  const file = fileURLToPath(new URL('./server.js', import.meta.url));
  const server = spawn(process.execPath, [file, String(latency)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [said] = (await once(server.stdout, 'data')) as [Buffer];
  return { port: String(said).trim(), close: () => server.stdin.end() };
}
