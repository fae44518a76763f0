/**
 * Serves what lies in a node_modules folder as three paged APIs, each in its own way, with the latency of a real one:
 * `/files?page=1` (gzip), `/packages?after=…` (a cursor), `/licences` (Link headers). Runs as a process of its own:
 *
 *     node packages-api.js <folder> [latency in ms]      prints its URL
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzip } from 'node:zlib';

interface Package {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
}

const FILES_A_PAGE = 25;
const PACKAGES_A_PAGE = 50;
const LICENCES_A_PAGE = 5;
const MOST_FILES = 4000;
const LARGEST_FILE = 400_000;
const PERMISSIVE = /^(MIT|ISC|BSD|Apache|0BSD|Unlicense|CC0|BlueOak|Python|WTFPL|Zlib)/;

const [folder = 'node_modules', latency = '30'] = process.argv.slice(2);
const packages: Package[] = [];
const files: { path: string; package: string }[] = [];
collect(folder, '');

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  setTimeout(() => answer(url, response), Number(latency));
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
// Ends with whoever started it.
process.stdin.resume().on('end', () => process.exit());

function answer({ pathname, searchParams }: URL, response: ServerResponse): void {
  if (pathname === '/files') {
    const page = Number(searchParams.get('page') ?? 1);
    const found = files.slice((page - 1) * FILES_A_PAGE, page * FILES_A_PAGE).map((file) => ({
      ...file,
      text: readFileSync(join(folder, file.path), 'utf8'),
    }));
    sendZipped(response, { page, pages: Math.ceil(files.length / FILES_A_PAGE), files: found });
  } else if (pathname === '/packages') {
    const from = Number(searchParams.get('after') ?? 0);
    const next = from + PACKAGES_A_PAGE < packages.length ? from + PACKAGES_A_PAGE : null;
    sendZipped(response, { packages: packages.slice(from, from + PACKAGES_A_PAGE), next });
  } else if (pathname === '/licences') {
    const licences = [...new Set(packages.map(({ licence }) => licence))].sort();
    const from = Number(searchParams.get('from') ?? 0);
    if (from + LICENCES_A_PAGE < licences.length) {
      response.setHeader('link', `</licences?from=${from + LICENCES_A_PAGE}>; rel="next"`);
    }
    const page = licences.slice(from, from + LICENCES_A_PAGE);
    sendZipped(
      response,
      page.map((id) => ({ id, permissive: PERMISSIVE.test(id) })),
    );
  } else {
    response.writeHead(404).end();
  }
}

function sendZipped(response: ServerResponse, body: unknown): void {
  gzip(JSON.stringify(body), (error, bytes) => {
    if (error !== null) response.writeHead(500).end(error.message);
    else {
      const headers = {
        'content-type': 'application/json',
        'content-encoding': 'gzip',
        'content-length': bytes.length,
      };
      response.writeHead(200, headers).end(bytes);
    }
  });
}

/** Lists the packages, and the scripts in them. */
function collect(parent: string, prefix: string): void {
  for (const entry of readdirSync(parent, { withFileTypes: true }).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    if (!entry.isDirectory() || entry.name.startsWith('.')) continue;
    const name = prefix + entry.name;
    if (entry.name.startsWith('@') && prefix === '') collect(join(parent, entry.name), `${entry.name}/`);
    else collectPackage(name);
  }
}

function collectPackage(name: string): void {
  let manifest: { version?: string; license?: unknown };
  try {
    manifest = JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')) as typeof manifest;
  } catch {
    return;
  }
  const { version = '0.0.0', license } = manifest;
  packages.push({ name, version, licence: typeof license === 'string' ? license : 'none' });
  for (const path of readdirSync(join(folder, name), { recursive: true, encoding: 'utf8' }).sort()) {
    if (files.length >= MOST_FILES) return;
    if (!/\.[cm]?js$/.test(path)) continue;
    const stats = statSync(join(folder, name, path));
    if (stats.isFile() && stats.size <= LARGEST_FILE)
      files.push({ path: `${name}/${path.replaceAll('\\', '/')}`, package: name });
  }
}
