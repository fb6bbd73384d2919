import type { RequestHandler } from 'express';
import { describe, expect, it } from 'vitest';
import { createPacsProxy } from '../../../../viewer/src/server/pacsProxy.ts';
import { serve } from '../../../support/server.ts';

const PATH = '/dicom-web';

async function startWith(pacs: RequestHandler, credentials = '') {
  const address = new URL(await serve(PATH, pacs));
  [address.username, address.password] = credentials.split(':');
  return serve(PATH, createPacsProxy(address));
}

describe('the PACS proxy', () => {
  it('passes a request on with its path, query and body and tells the PACS where it is seen', async () => {
    const proxy = await startWith((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () =>
        response.json({
          url: request.originalUrl,
          method: request.method,
          body: Buffer.concat(chunks).toString(),
          forwarded: request.get('forwarded'),
          authorization: request.get('authorization'),
        }),
      );
    }, 'ward:se%20cret');
    const response = await fetch(`${proxy}/studies?limit=1`, { method: 'POST', body: 'object' });
    expect(await response.json()).toEqual({
      url: '/dicom-web/studies?limit=1',
      method: 'POST',
      body: 'object',
      forwarded: `host=${new URL(proxy).host};proto=http`,
      authorization: `Basic ${Buffer.from('ward:se cret').toString('base64')}`,
    });
    expect(response.headers.get('cross-origin-resource-policy')).toBe('same-origin');
  });

  it('hands on the refusal of the PACS as it is', async () => {
    const proxy = await startWith((_request, response) => {
      response.status(403).send('not allowed');
    });
    const response = await fetch(`${proxy}/studies`);
    expect([response.status, await response.text()]).toEqual([403, 'not allowed']);
  });

  it('answers 502 with a clear sentence, without credentials, when the PACS is down', async () => {
    const proxy = await serve(
      PATH,
      createPacsProxy(new URL('http://ward:secret@127.0.0.1:1/dicom-web')),
    );
    const response = await fetch(`${proxy}/studies`);
    expect(response.status).toBe(502);
    const { error } = (await response.json()) as { error: string };
    expect(error).toMatch(/^The PACS at http:\/\/127\.0\.0\.1:1\/dicom-web cannot be reached/);
    expect(error).not.toContain('secret');
  });
});
