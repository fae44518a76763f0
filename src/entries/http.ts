/// <reference types="node" preserve="true" />
export { download, type Download } from '../io/http/download.ts';
export { type HttpContext, HttpError } from '../io/http/request/http-error.ts';
export { type Pages, pages } from '../io/http/pages/pages.ts';
export type { PageContext, PagesOptions } from '../io/http/pages/pages-options.ts';
export type { DownloadOptions, HttpResponse, RequestOptions } from '../io/http/request/request-options.ts';
export type { HttpDispatcher } from '../io/http/request/resolve-request.ts';
export type { CookieStore, SessionOptions } from '../io/http/session/session-options.ts';
export { type Session, session } from '../io/http/session/session.ts';
