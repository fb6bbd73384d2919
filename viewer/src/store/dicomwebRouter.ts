import { readFile } from 'node:fs/promises';
import express, { type Request, type Response, type Router } from 'express';
import { extractFrame, frameSyntaxOf } from '../dicom/frames.ts';
import { toDicomJson, type JsonDataset } from '../dicom/jsonModel.ts';
import {
  boundaryOf,
  MalformedMultipartError,
  parseMultipart,
  writeMultipart,
} from '../dicom/multipart.ts';
import { readPart10 } from '../dicom/part10.ts';
import { Tag } from '../dicom/tags.ts';
import type { FileStore, Scope, StoredInstance } from './fileStore.ts';
import {
  applyQuery,
  describeInstances,
  describeSeries,
  describeStudies,
  type Query,
} from './qido.ts';
import { storeParts } from './stow.ts';

const DICOM_JSON = 'application/dicom+json';
const STUDY = '/studies/:study';
const SERIES = `${STUDY}/series/:series`;
const INSTANCE = `${SERIES}/instances/:instance`;

/** The largest STOW-RS request: a thin-slice head CT with room to spare. */
const LARGEST_UPLOAD = '2gb';

function fail(response: Response, status: number, message: string): void {
  response
    .status(status)
    .type('application/json')
    .send(JSON.stringify({ error: message }));
}

function scopeOf(request: Request): Scope {
  const { study, series, instance } = request.params as Scope;
  return { study, series, instance };
}

function queryOf(request: Request): Query {
  return Object.fromEntries(
    Object.entries(request.query).map(([name, value]) => [name, String(value)]),
  );
}

function sendJson(response: Response, body: JsonDataset | JsonDataset[], status = 200): void {
  response.status(status).type(DICOM_JSON).send(JSON.stringify(body));
}

function instanceUrl(request: Request, item: StoredInstance): string {
  const root = `${request.protocol}://${request.get('host')}${request.baseUrl}`;
  return `${root}/studies/${item.study}/series/${item.series}/instances/${item.instance}`;
}

async function metadataOf(item: StoredInstance, url: string): Promise<JsonDataset> {
  const { elements, pixelData, pixelVr } = readPart10(await readFile(item.path));
  const uri = `${url}/bulkdata/${Tag.PixelData}`;
  return toDicomJson(elements, pixelData.length > 0 ? { vr: pixelVr, uri } : undefined);
}

/** A DICOMweb service (QIDO-RS, WADO-RS, STOW-RS) over a file store. */
export function createDicomwebRouter(store: FileStore, report: (message: string) => void): Router {
  const router = express.Router();

  const search = (path: string, describe: (items: StoredInstance[]) => JsonDataset[]) =>
    router.get(path, (request, response) => {
      sendJson(response, applyQuery(describe(store.find(scopeOf(request))), queryOf(request)));
    });
  search('/studies', describeStudies);
  search(`${STUDY}/series`, describeSeries);
  search('/series', describeSeries);
  search(`${STUDY}/instances`, describeInstances);
  search(`${SERIES}/instances`, describeInstances);
  search('/instances', describeInstances);

  const metadata = async (request: Request, response: Response) => {
    const items = store.find(scopeOf(request));
    if (items.length === 0) return fail(response, 404, 'There is no such object in the store.');
    const answers: JsonDataset[] = [];
    for (const item of items) answers.push(await metadataOf(item, instanceUrl(request, item)));
    sendJson(response, answers);
  };
  for (const scope of [STUDY, SERIES, INSTANCE]) router.get(`${scope}/metadata`, metadata);

  router.get(`${INSTANCE}/frames/:frames`, async (request, response) => {
    const [item] = store.find(scopeOf(request));
    if (!item) return fail(response, 404, 'There is no such object in the store.');
    const file = readPart10(await readFile(item.path));
    const frames = String(request.params.frames)
      .split(',')
      .map((number) => extractFrame(file, Number(number)));
    if (frames.some((frame) => !frame)) return fail(response, 404, 'There is no such frame.');
    const contentType = `application/octet-stream; transfer-syntax=${frameSyntaxOf(file)}`;
    const message = writeMultipart(
      'application/octet-stream',
      frames.map((body) => ({ contentType, body: body as Uint8Array })),
    );
    response.set('Content-Type', message.contentType).send(message.body);
  });

  router.get(`${INSTANCE}/bulkdata/${Tag.PixelData}`, async (request, response) => {
    const [item] = store.find(scopeOf(request));
    if (!item) return fail(response, 404, 'There is no such object in the store.');
    const body = Buffer.concat(readPart10(await readFile(item.path)).pixelData);
    const message = writeMultipart('application/octet-stream', [
      { contentType: 'application/octet-stream', body },
    ]);
    response.set('Content-Type', message.contentType).send(message.body);
  });

  const retrieve = async (request: Request, response: Response) => {
    const items = store.find(scopeOf(request));
    if (items.length === 0) return fail(response, 404, 'There is no such object in the store.');
    const accept = request.get('accept') ?? '';
    if (items.length === 1 && /application\/dicom/.test(accept) && !/multipart/.test(accept)) {
      response.type('application/dicom').send(await readFile(items[0].path));
      return;
    }
    const parts: { contentType: string; body: Uint8Array }[] = [];
    for (const item of items) {
      parts.push({ contentType: 'application/dicom', body: await readFile(item.path) });
    }
    const message = writeMultipart('application/dicom', parts);
    response.set('Content-Type', message.contentType).send(message.body);
  };
  for (const scope of [STUDY, SERIES, INSTANCE]) router.get(scope, retrieve);

  const stow = async (request: Request, response: Response) => {
    const contentType = request.get('content-type') ?? '';
    if (!/^multipart\/related/i.test(contentType) || /dicom\+(json|xml)/i.test(contentType)) {
      return fail(response, 415, 'Send objects as multipart/related; type="application/dicom".');
    }
    try {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const parts = parseMultipart(body, boundaryOf(contentType));
      if (parts.length === 0) return fail(response, 400, 'The request contains no objects.');
      const { study } = scopeOf(request);
      const result = await storeParts(
        store,
        parts,
        study,
        (item) => instanceUrl(request, item),
        report,
      );
      sendJson(response, result.body, result.status);
    } catch (error) {
      if (!(error instanceof MalformedMultipartError)) throw error;
      fail(response, 400, error.message);
    }
  };
  const upload = express.raw({ type: () => true, limit: LARGEST_UPLOAD });
  router.post('/studies', upload, stow);
  router.post(STUDY, upload, stow);

  router.use((_request, response) =>
    fail(response, 404, 'The store does not offer this DICOMweb resource.'),
  );
  return router;
}
