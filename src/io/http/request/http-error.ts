import { TelarError } from '../../../errors/telar-error.ts';

/** The facts that an HTTP error knows of its request. */
export interface HttpContext {
  readonly url: string;
  readonly method: string;
  /** Number of times that the request was sent. */
  readonly attempts: number;
  /** Status of the answer; `undefined` when there was none. */
  readonly status?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Beginning of the answer's body, as text. */
  readonly body?: string | undefined;
}

/**
 * The error of a request that failed in every try: no answer, or one with a status from 400 on, or a redirect to
 * nowhere. `cause` is what the network said.
 */
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
