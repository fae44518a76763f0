import type { Session } from 'node:inspector';
import { isNode } from '../../machine/host.ts';

type Post = (method: string, parameters?: object) => Promise<unknown>;

/**
 * Reads the texts that the engine runs of TypeScript files, by URL, on a host whose inspector answers, but not at once: on
 * Deno, whose compiler nothing else gives the texts of. Returns none where there is no such inspector, or no permission.
 */
export async function readLater(): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  if (isNode || process.versions['deno'] === undefined) return texts;
  const { Session: Constructor } = process.getBuiltinModule('node:inspector');
  const session = new Constructor();
  try {
    session.connect();
    await readAll(session, texts);
  } catch {
    // The inspector takes a permission that the program does not have.
  } finally {
    session.disconnect();
  }
  return texts;
}

async function readAll(session: Session, texts: Map<string, string>): Promise<void> {
  const files = new Map<string, string>();
  const post: Post = (method, parameters = {}) =>
    new Promise((resolve, reject) => {
      session.post(method, parameters, (error, answer) => (error === null ? resolve(answer) : reject(error)));
    });
  session.on('Debugger.scriptParsed', ({ params }: { params: { scriptId: string; url: string } }) => {
    if (/^file:.*\.[cm]?tsx?$/.test(params.url)) files.set(params.scriptId, params.url);
  });
  await post('Debugger.enable');
  await Promise.all(
    Array.from(files, async ([scriptId, url]) => {
      const { scriptSource } = (await post('Debugger.getScriptSource', { scriptId })) as {
        scriptSource: string;
      };
      texts.set(url, scriptSource);
    }),
  );
  await post('Debugger.disable');
}
