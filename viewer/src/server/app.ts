import { join } from 'node:path';
import express, { type Express, type RequestHandler } from 'express';
import { createAppConfig } from './appConfig.ts';
import { createErrorHandler } from './errors.ts';
import { isolate, loopbackOnly } from './isolation.ts';
import { BUNDLE_PATH, createPageHandler } from './ohifPage.ts';
import { normalise, sameOriginOnly } from './requests.ts';

/** What the server puts together. */
export interface AppOptions {
  /** Folder of the prebuilt viewer. */
  readonly ohifDist: string;
  /** Folder of our bundles. */
  readonly bundles: string;
  /** Folder of the models. */
  readonly models: string;
  /** Path under which DICOMweb is offered, and what answers there. */
  readonly dicomwebPath: string;
  /** What the user knows the service as. */
  readonly dicomwebName: string;
  readonly dicomweb: RequestHandler;
  /** Told what went wrong inside. */
  readonly report: (message: string) => void;
}

/** Files whose name carries a hash never change. */
const HASHED = /\.[0-9a-f]{16}\.js$/;

const revalidate = {
  setHeaders: (response: express.Response) => response.set('Cache-Control', 'no-cache'),
};

const notFound: RequestHandler = (_request, response) => {
  response.status(404).type('text/plain').send('Not found');
};

/** The viewer, our bundles, the models and DICOMweb on one origin. */
export function createApp(options: AppOptions): Express {
  const page = createPageHandler(options.ohifDist);
  const config = createAppConfig(options.dicomwebPath, options.dicomwebName);
  const app = express();
  app.disable('x-powered-by');
  app.use(loopbackOnly, isolate, normalise, sameOriginOnly(options.dicomwebPath));
  app.use(options.dicomwebPath, options.dicomweb);
  app.use(BUNDLE_PATH, express.static(options.bundles, revalidate), notFound);
  app.use('/models/training', notFound);
  app.use('/models', express.static(options.models, revalidate), notFound);
  app.get('/app-config.js', (_request, response) => {
    response.set('Cache-Control', 'no-cache').type('text/javascript').send(config);
  });
  app.get(['/', '/index.html'], page);
  app.use(
    express.static(options.ohifDist, {
      index: false,
      setHeaders: (response, path) =>
        response.set(
          'Cache-Control',
          HASHED.test(path) ? 'max-age=31536000, immutable' : 'no-cache',
        ),
    }),
  );
  // What has an extension is a missing file; the rest are routes of the viewer.
  app.use((request, response, next) => {
    if (request.method === 'GET' && !/\.[a-z0-9]+$/i.test(request.path))
      page(request, response, next);
    else notFound(request, response, next);
  });
  app.use(createErrorHandler(options.report));
  return app;
}

/** The folders of a checkout. */
export function checkoutFolders(root: string, ohifDist: string) {
  return { ohifDist, bundles: join(root, 'viewer/dist'), models: join(root, 'models') };
}
