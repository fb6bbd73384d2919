import { rm } from 'node:fs/promises';
import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import { findFrame, frameSyntaxOf, readFrame, readPixels } from '../dicom/frames.ts';
import { toDicomJson, type JsonDataset } from '../dicom/jsonModel.ts';
import { boundaryOf, MalformedMultipartError, type OutgoingPart } from '../dicom/multipart.ts';
import { openPart10, type Part10File } from '../dicom/part10File.ts';
import { Tag } from '../dicom/tags.ts';
import { fail, filePart, sendJson, streamJson, streamMultipart, streamPart } from './answers.ts';
import type { FileStore, Scope, StoredInstance } from './fileStore.ts';
import { Gate } from './gate.ts';
import {
  assertAnnounced,
  receiveParts,
  TooLargeError,
  uploadLimits,
  type UploadLimits,
} from './incoming.ts';
import { QueryError } from './match.ts';
import {
  applyQuery,
  describeInstances,
  describeSeries,
  describeStudies,
  type Query,
} from './qido.ts';
import { storeParts } from './stow.ts';

const STUDY = '/studies/:study';
const SERIES = `${STUDY}/series/:series`;
const INSTANCE = `${SERIES}/instances/:instance`;
const BYTES = 'application/octet-stream';

const NO_OBJECT = 'There is no such object in the store.';

function scopeOf(request: Request): Scope {
  const { study, series, instance } = request.params as Scope;
  return { study, series, instance };
}

function queryOf(request: Request): Query {
  return Object.fromEntries(
    Object.entries(request.query).map(([name, value]) => [name, String(value)]),
  );
}

function instanceUrl(request: Request, item: StoredInstance): string {
  const root = `${request.protocol}://${request.get('host')}${request.baseUrl}`;
  return `${root}/studies/${item.study}/series/${item.series}/instances/${item.instance}`;
}

/** Headers in memory at a time, and uploads that arrive at a time. */
const headers = new Gate(2);
const uploads = new Gate(4);

const openHeader = (item: StoredInstance): Promise<Part10File> =>
  headers.run(() => openPart10(item.path));

function metadataOf(item: StoredInstance, url: string): Promise<JsonDataset> {
  return headers.run(async () => {
    const { dataset, pixelData } = await openPart10(item.path);
    const pixels = pixelData && {
      [Tag.PixelData]: { vr: pixelData.vr, BulkDataURI: `${url}/bulkdata/${Tag.PixelData}` },
    };
    return { ...toDicomJson(dataset), ...pixels };
  });
}

/** QIDO-RS: searches. */
function addSearches(router: Router, store: FileStore): void {
  const search = (path: string, describe: (items: StoredInstance[]) => JsonDataset[]) =>
    router.get(path, (request, response) => {
      try {
        sendJson(response, applyQuery(describe(store.find(scopeOf(request))), queryOf(request)));
      } catch (error) {
        if (!(error instanceof QueryError)) throw error;
        fail(response, 400, error.message);
      }
    });
  search('/studies', describeStudies);
  search(`${STUDY}/series`, describeSeries);
  search('/series', describeSeries);
  search(`${STUDY}/instances`, describeInstances);
  search(`${SERIES}/instances`, describeInstances);
  search('/instances', describeInstances);
}

/** WADO-RS: what is stored, read from the disk as it is sent. */
function addRetrievals(router: Router, store: FileStore): void {
  const metadata = (request: Request, response: Response) => {
    const items = store.find(scopeOf(request));
    if (items.length === 0) return fail(response, 404, NO_OBJECT);
    const datasets = async function* () {
      for (const item of items) yield await metadataOf(item, instanceUrl(request, item));
    };
    streamJson(request, response, datasets());
  };
  for (const scope of [STUDY, SERIES, INSTANCE]) router.get(`${scope}/metadata`, metadata);

  router.get(`${INSTANCE}/frames/:frames`, async (request, response) => {
    const [item] = store.find(scopeOf(request));
    if (!item) return fail(response, 404, NO_OBJECT);
    const numbers = String(request.params.frames).split(',').map(Number);
    if (new Set(numbers).size < numbers.length) {
      return fail(response, 400, 'The address names a frame twice.');
    }
    const file = await openHeader(item);
    const contentType = `${BYTES}; transfer-syntax=${frameSyntaxOf(file)}`;
    const parts: OutgoingPart[] = [];
    for (const number of numbers) {
      const frame = findFrame(file, number);
      if (!frame) return fail(response, 404, 'There is no such frame.');
      parts.push({ contentType, length: frame.length, body: () => readFrame(file, frame) });
    }
    streamMultipart(request, response, BYTES, parts);
  });

  router.get(`${INSTANCE}/bulkdata/${Tag.PixelData}`, async (request, response) => {
    const [item] = store.find(scopeOf(request));
    if (!item) return fail(response, 404, NO_OBJECT);
    const file = await openHeader(item);
    const places = file.pixelData?.places ?? [];
    const length = places.reduce((sum, place) => sum + place.length, 0);
    const body = () => readPixels(file, places);
    streamMultipart(request, response, BYTES, [{ contentType: BYTES, length, body }]);
  });

  const retrieve = async (request: Request, response: Response) => {
    const items = store.find(scopeOf(request));
    if (items.length === 0) return fail(response, 404, NO_OBJECT);
    const accept = request.get('accept') ?? '';
    const parts: OutgoingPart[] = [];
    for (const item of items) parts.push(await filePart(item.path));
    if (parts.length === 1 && /application\/dicom/.test(accept) && !/multipart/.test(accept)) {
      streamPart(request, response, parts[0]);
    } else streamMultipart(request, response, 'application/dicom', parts);
  };
  for (const scope of [STUDY, SERIES, INSTANCE]) router.get(scope, retrieve);
}

/** Refuses, before any of the body is read, what cannot be stored. */
function refuseUpload(request: Request, response: Response, limits: UploadLimits): boolean {
  const contentType = request.get('content-type') ?? '';
  // The rest of the body is not waited for.
  const refuse = (status: number, message: string) => {
    response.set('Connection', 'close');
    fail(response, status, message);
    return true;
  };
  if (!/^multipart\/related/i.test(contentType) || /dicom\+(json|xml)/i.test(contentType)) {
    return refuse(415, 'Send objects as multipart/related; type="application/dicom".');
  }
  if (!/^(identity)?$/i.test(request.get('content-encoding') ?? '')) {
    // A few megabytes of gzip unpack to gigabytes.
    response.set('Accept-Encoding', 'identity');
    return refuse(415, 'Send objects without Content-Encoding: the store does not unpack bodies.');
  }
  try {
    boundaryOf(contentType);
    assertAnnounced(request.get('content-length'), limits);
    return false;
  } catch (error) {
    if (error instanceof TooLargeError) return refuse(413, error.message);
    if (error instanceof MalformedMultipartError) return refuse(400, error.message);
    throw error;
  }
}

/** STOW-RS: storing. */
function stowHandler(
  store: FileStore,
  report: (message: string) => void,
  limits: UploadLimits,
): RequestHandler {
  return async (request, response) => {
    if (refuseUpload(request, response, limits)) return;
    await uploads.run(async () => {
      const path = store.temporary();
      try {
        const parts = await receiveParts(
          // An upload that is refused midway still gets its answer.
          request.iterator({ destroyOnReturn: false }),
          boundaryOf(request.get('content-type') ?? ''),
          path,
          limits,
        );
        const { study } = scopeOf(request);
        const urlOf = (item: StoredInstance) => instanceUrl(request, item);
        const result = await storeParts(store, path, parts, study, urlOf, report);
        sendJson(response, result.body, result.status);
      } catch (error) {
        if (request.errored) return;
        response.set('Connection', 'close');
        if (error instanceof TooLargeError) fail(response, 413, error.message);
        else if (error instanceof MalformedMultipartError) fail(response, 400, error.message);
        else throw error;
      } finally {
        await rm(path, { force: true });
      }
    });
  };
}

/** A DICOMweb service (QIDO-RS, WADO-RS, STOW-RS) over a file store. */
export function createDicomwebRouter(
  store: FileStore,
  report: (message: string) => void,
  limits: UploadLimits = uploadLimits,
): Router {
  const router = express.Router();
  addSearches(router, store);
  addRetrievals(router, store);
  const stow = stowHandler(store, report, limits);
  router.post('/studies', stow);
  router.post(STUDY, stow);
  router.use((_request, response) =>
    fail(response, 404, 'The store does not offer this DICOMweb resource.'),
  );
  return router;
}
