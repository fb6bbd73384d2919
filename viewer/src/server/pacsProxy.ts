import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { RequestHandler } from 'express';

/** Headers that concern one connection only. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'host',
  'origin',
  'referer',
  'cookie',
]);

function forwardable(headers: IncomingMessage['headers']): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).filter(
      (entry): entry is [string, string | string[]] =>
        entry[1] !== undefined && !HOP_BY_HOP.has(entry[0]),
    ),
  );
}

/** A PACS address without its credentials, as messages may show it. */
export function shownAddress(pacs: URL): string {
  return `${pacs.origin}${pacs.pathname}`;
}

/**
 * Passes DICOMweb requests on to a PACS, so that page and PACS share an origin. The PACS is told under which
 * address it is seen (`Forwarded`), which makes the addresses in its answers lead back here.
 */
export function createPacsProxy(pacs: URL): RequestHandler {
  const send = pacs.protocol === 'https:' ? httpsRequest : httpRequest;
  const authorization = pacs.username
    ? `Basic ${Buffer.from(
        `${decodeURIComponent(pacs.username)}:${decodeURIComponent(pacs.password)}`,
      ).toString('base64')}`
    : undefined;

  return (request, response) => {
    const outgoing = send(
      {
        protocol: pacs.protocol,
        hostname: pacs.hostname,
        port: pacs.port,
        path: request.originalUrl,
        method: request.method,
        headers: {
          ...forwardable(request.headers),
          ...(authorization && { authorization }),
          forwarded: `host=${request.get('host')};proto=${request.protocol}`,
        },
      },
      (incoming) => {
        response.status(incoming.statusCode ?? 502);
        for (const [name, value] of Object.entries(forwardable(incoming.headers))) {
          response.set(name, value);
        }
        response.set('Cross-Origin-Resource-Policy', 'same-origin');
        incoming.pipe(response);
        incoming.on('error', () => response.destroy());
      },
    );
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      if (response.headersSent) {
        response.destroy();
        return;
      }
      response
        .status(502)
        .type('application/json')
        .send(
          JSON.stringify({
            error: `The PACS at ${shownAddress(pacs)} cannot be reached (${error.code ?? error.message}): check that it is running, then reload the page.`,
          }),
        );
    });
    response.on('close', () => outgoing.destroy());
    request.pipe(outgoing);
  };
}
