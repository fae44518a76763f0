import { TelarError } from '../../../errors/telar-error.ts';

/** What an HTTP error knows. */
export interface HttpContext {
  readonly url: string;
  readonly method: string;
  /** How often the request was sent. */
  readonly attempts: number;
  /** The status of the answer; `undefined` when there was none. */
  readonly status?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The beginning of the answer's body, as text. */
  readonly body?: string | undefined;
}

/** A request that failed in every try: no answer, or one with a status from 400 on, or a redirect to nowhere. `cause` is what the network said. */
export class HttpError extends TelarError {
  override name = 'HttpError';
  readonly url: string;
  readonly method: string;
  readonly attempts: number;
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly body: string | undefined;

  constructor(problem: string, context: HttpContext, options?: ErrorOptions) {
    const { url, method, attempts, status, headers, body } = context;
    const tries = attempts > 1 ? ` (tried ${attempts} times)` : '';
    super(`${method} ${url}: ${problem}${tries}`, options);
    this.url = url;
    this.method = method;
    this.attempts = attempts;
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}
