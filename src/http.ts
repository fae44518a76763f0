export { download } from './io/http/download.ts';
export type { DownloadOptions, HttpResponse, RequestOptions } from './io/http/download-options.ts';
export { type HttpContext, HttpError } from './io/http/http-error.ts';
export { type PageContext, pages, type PagesOptions } from './io/http/pages.ts';
