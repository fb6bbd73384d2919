import { stat } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import type { Request, Response } from 'express';
import type { JsonDataset } from '../dicom/jsonModel.ts';
import { writeMultipart, type OutgoingPart } from '../dicom/multipart.ts';
import { streamPlace } from '../dicom/part10File.ts';

const DICOM_JSON = 'application/dicom+json';

/** Refuses a request in one sentence. */
export function fail(response: Response, status: number, message: string): void {
  response
    .status(status)
    .type('application/json')
    .send(JSON.stringify({ error: message }));
}

export function sendJson(
  response: Response,
  body: JsonDataset | JsonDataset[],
  status = 200,
): void {
  response.status(status).type(DICOM_JSON).send(JSON.stringify(body));
}

/** Sends bytes as they are read, no faster than they are taken. A reader that goes away ends the reading. */
function stream(request: Request, response: Response, body: AsyncIterable<Uint8Array | string>) {
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  // After an error the answer is cut short, which its length or its missing end tells.
  pipeline(Readable.from(body, { objectMode: false }), response, () => undefined);
}

/** Sends a list of data sets, each made when its turn comes. */
export function streamJson(
  request: Request,
  response: Response,
  datasets: AsyncIterable<JsonDataset>,
): void {
  response.type(DICOM_JSON);
  stream(
    request,
    response,
    (async function* () {
      let before = '[';
      for await (const dataset of datasets) {
        yield before + JSON.stringify(dataset);
        before = ',';
      }
      yield before === '[' ? '[]' : ']';
    })(),
  );
}

export function streamMultipart(
  request: Request,
  response: Response,
  type: string,
  parts: readonly OutgoingPart[],
): void {
  const { contentType, length, body } = writeMultipart(type, parts);
  response.set({ 'Content-Type': contentType, 'Content-Length': String(length) });
  stream(request, response, body());
}

/** A stored file as a part of a message. */
export async function filePart(path: string): Promise<OutgoingPart> {
  const { size: length } = await stat(path);
  const body = () => streamPlace(path, { offset: 0, length });
  return { contentType: 'application/dicom', length, body };
}

export function streamPart(request: Request, response: Response, part: OutgoingPart): void {
  response.set({ 'Content-Type': part.contentType, 'Content-Length': String(part.length) });
  stream(request, response, part.body());
}
