import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RequestHandler } from 'express';

/** Where our bundles are served. */
export const BUNDLE_PATH = '/cranioplasty-plugin';

const importMap = {
  imports: {
    '@cranioplasty/extension': `${BUNDLE_PATH}/extension.js`,
    '@cranioplasty/mode': `${BUNDLE_PATH}/mode.js`,
  },
};

/** Must come ahead of every other script: import maps are fixed by the first module that is loaded. */
const injected =
  `<script type="importmap">${JSON.stringify(importMap)}</script>` +
  `<script src="${BUNDLE_PATH}/host.js"></script>`;

/** The stock start page with our packages made known to the viewer's run-time loader. */
export function createPageHandler(ohifDist: string): RequestHandler {
  let page: Promise<string> | undefined;
  return async (_request, response) => {
    page ??= readFile(join(ohifDist, 'index.html'), 'utf8').then((html) => {
      if (!html.includes('<head>')) throw new Error('The start page of @ohif/app has no <head>.');
      return html
        .replace('<head>', `<head>${injected}`)
        .replace('<title>OHIF Viewer</title>', '<title>Cranioplasty in OHIF</title>');
    });
    response
      .set('Cache-Control', 'no-cache')
      .type('html')
      .send(await page);
  };
}
