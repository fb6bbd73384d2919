import type { RequestHandler } from 'express';

/**
 * Everything comes from the page's own origin and nothing may go elsewhere: the browser itself refuses other
 * addresses. The viewer needs inline scripts, `eval` (message templates) and workers from blobs.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self' data: blob:",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** Isolates the page from other origins, which WASM threads require, and keeps its data on its own origin. */
export const isolate: RequestHandler = (_request, response, next) => {
  response.set({
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Content-Security-Policy': CONTENT_SECURITY_POLICY,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
  });
  next();
};

const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;

/** Refuses foreign host names, so that a web page elsewhere cannot reach the patient data by DNS rebinding. */
export const loopbackOnly: RequestHandler = (request, response, next) => {
  if (LOOPBACK_HOST.test(request.get('host') ?? '')) next();
  else
    response
      .status(421)
      .type('text/plain')
      .send('This server answers on the loopback address only.');
};
