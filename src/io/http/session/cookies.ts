import { createRequire } from 'node:module';
import type { RequestCookies } from '../request/resolve-request.ts';
import type { CookieStore } from './session-options.ts';

/** Opens the cookies of a session, with tough-cookie, which is loaded only for those who ask for it. */
export function openCookies(cookies: boolean | CookieStore | undefined): RequestCookies | undefined {
  if (cookies === undefined || cookies === false) return undefined;
  const jar = cookies === true ? makeJar() : cookies;
  return {
    read: async ({ href }) => {
      const text = await jar.getCookieString(href);
      return text === '' ? undefined : text;
    },
    write: async ({ href }, received) => {
      // A cookie that a server may not set is passed over, as browsers do.
      for (const cookie of received) await jar.setCookie(cookie, href, { ignoreError: true });
    },
  };
}

function makeJar(): CookieStore {
  let library: typeof import('tough-cookie');
  try {
    library = createRequire(import.meta.url)('tough-cookie') as typeof import('tough-cookie');
  } catch (cause) {
    throw new Error('`cookies: true` needs the package tough-cookie: npm install tough-cookie', { cause });
  }
  return new library.CookieJar();
}
