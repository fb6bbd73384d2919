import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RequestHandler } from 'express';
import { pageTags, PLUGIN_FOLDER, withTags } from '../install/page.ts';

/** Where our bundles are served. */
export const BUNDLE_PATH = `/${PLUGIN_FOLDER}`;

/** The stock start page with our packages made known to the viewer's run-time loader. */
export function createPageHandler(ohifDist: string): RequestHandler {
  let page: Promise<string> | undefined;
  return async (_request, response) => {
    page ??= readFile(join(ohifDist, 'index.html'), 'utf8').then((html) =>
      withTags(html, pageTags('/')).replace(
        '<title>OHIF Viewer</title>',
        '<title>Cranioplasty in OHIF</title>',
      ),
    );
    response
      .set('Cache-Control', 'no-cache')
      .type('html')
      .send(await page);
  };
}
