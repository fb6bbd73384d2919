import type { ErrorRequestHandler } from 'express';

/** Answers failures in one sentence: what went wrong inside is for the console, not for who asked. */
export function createErrorHandler(report: (message: string) => void): ErrorRequestHandler {
  return (error: Error & { readonly status?: unknown }, _request, response, _next) => {
    const status = typeof error.status === 'number' ? error.status : 500;
    if (status >= 500) report(`A request failed: ${error.message}`);
    // An answer that has begun can only be cut short.
    if (response.headersSent) response.destroy();
    else {
      const message =
        status >= 500 ? 'The server could not answer this request.' : 'The request is malformed.';
      response.status(status).type('text/plain').send(message);
    }
  };
}
