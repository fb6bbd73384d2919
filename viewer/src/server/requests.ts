import type { RequestHandler, Response } from 'express';

function refuse(response: Response, status: number, message: string): void {
  response.set('Connection', 'close').status(status).type('text/plain').send(message);
}

/** Characters that no address of this server has: with them one path could be read as another. */
// eslint-disable-next-line no-control-regex -- that is what is looked for
const FORBIDDEN = /[/\\\u0000-\u001f\u007f]/;

/** What may stand in a path as it is (RFC 3986, 3.3); the rest is encoded. */
const encodeSegment = (segment: string): string =>
  encodeURIComponent(segment).replace(/%(21|24|26|27|28|29|2A|2B|2C|3A|3B|3D|40)/g, (code) =>
    decodeURIComponent(code),
  );

/**
 * One spelling for each path: decoded once and encoded again, without empty segments, `.` and `..`.
 * @returns undefined if the path is malformed or leads out of the root
 */
export function normalPath(path: string): string | undefined {
  if (!path.startsWith('/')) return undefined;
  const segments: string[] = [];
  let last = '';
  for (const encoded of path.slice(1).split('/')) {
    try {
      last = decodeURIComponent(encoded);
    } catch {
      return undefined;
    }
    if (FORBIDDEN.test(last)) return undefined;
    if (last === '..') {
      if (segments.pop() === undefined) return undefined;
    } else if (last !== '' && last !== '.') segments.push(last);
  }
  const folder = segments.length > 0 && /^\.{0,2}$/.test(last);
  return `/${segments.map(encodeSegment).join('/')}${folder ? '/' : ''}`;
}

/** Gives every later rule the one spelling of the path; refuses malformed addresses. */
export const normalise: RequestHandler = (request, response, next) => {
  const [, path, query] = /^([^?]*)(.*)$/s.exec(request.url) ?? [];
  const normal = normalPath(path ?? '');
  if (normal === undefined) {
    refuse(response, 400, 'The address is malformed.');
    return;
  }
  request.url = request.originalUrl = normal + query;
  next();
};

/**
 * Refuses what a page of another origin sends, before anything is done for it: the browser would keep the answer
 * from that page, but not the work and not the upload. A link to the viewer may be followed from anywhere.
 * @param dicomwebPath where there are no pages to link to
 */
export function sameOriginOnly(dicomwebPath: string): RequestHandler {
  return (request, response, next) => {
    const origin = request.get('origin');
    const site = request.get('sec-fetch-site');
    const own = origin === undefined || origin === `${request.protocol}://${request.get('host')}`;
    const link =
      request.method === 'GET' &&
      request.get('sec-fetch-mode') === 'navigate' &&
      request.get('sec-fetch-dest') === 'document' &&
      !`${request.path}/`.toLowerCase().startsWith(`${dicomwebPath.toLowerCase()}/`);
    const near = site === undefined || site === 'same-origin' || site === 'none';
    if (own && (near || link)) next();
    else refuse(response, 403, 'This server answers to its own pages only.');
  };
}
