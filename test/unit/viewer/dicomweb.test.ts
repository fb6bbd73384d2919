import { describe, expect, it } from 'vitest';
import type { JsonDataset } from '../../../viewer/src/dicom/jsonModel.ts';
import { boundaryOf, parseMultipart, writeMultipart } from '../../../viewer/src/dicom/multipart.ts';
import { Tag } from '../../../viewer/src/dicom/tags.ts';
import { createDicomwebRouter } from '../../../viewer/src/store/dicomwebRouter.ts';
import { FileStore } from '../../../viewer/src/store/fileStore.ts';
import { ascii, concat, rawElement, reencode, type Encoding } from '../dicom/rawFile.ts';
import { altered, demoSegmentation, demoSlices } from './demo.ts';
import { serve } from './server.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const PATH = '/dicomweb';

async function start(files: readonly Buffer[]) {
  const store = await FileStore.open(await temporaryFolder(), () => undefined);
  for (const file of files) await store.put(file);
  const root = await serve(
    PATH,
    createDicomwebRouter(store, () => undefined),
  );
  return { store, root };
}

async function post(url: string, files: readonly Uint8Array[]) {
  const { contentType, body } = writeMultipart(
    'application/dicom',
    files.map((file) => ({ contentType: 'application/dicom', body: file })),
  );
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': contentType },
    body: new Uint8Array(body),
  });
  return { status: response.status, body: (await response.json()) as JsonDataset };
}

async function get(url: string, accept = 'application/dicom+json') {
  const response = await fetch(url, { headers: { Accept: accept } });
  return response;
}

const json = async (url: string) => (await (await get(url)).json()) as JsonDataset[];
const valueOf = (dataset: JsonDataset, tag: string) => dataset[tag]?.Value?.[0];

/** Comparing buffers byte by byte in an assertion takes seconds. */
function same(actual: readonly Buffer[], expected: readonly Buffer[]): boolean {
  return actual.length === expected.length && actual.every((part, i) => part.equals(expected[i]));
}

async function partsOf(response: Response): Promise<Buffer[]> {
  const boundary = boundaryOf(response.headers.get('content-type') ?? '');
  return parseMultipart(Buffer.from(await response.arrayBuffer()), boundary).map((part) =>
    Buffer.from(part.body),
  );
}

describe('QIDO-RS', () => {
  it('lists studies, series and instances with their counts', async () => {
    const { root } = await start([...demoSlices(3), demoSegmentation()]);
    const [study] = await json(`${root}/studies`);
    expect(study[Tag.ModalitiesInStudy].Value).toEqual(['CT', 'SEG']);
    expect(valueOf(study, Tag.NumberOfStudyRelatedInstances)).toBe(4);
    const series = await json(`${root}/studies/${valueOf(study, Tag.StudyInstanceUID)}/series`);
    expect(series.map((item) => valueOf(item, Tag.NumberOfSeriesRelatedInstances))).toEqual([3, 1]);
    const instances = await json(
      `${root}/instances?SeriesInstanceUID=${valueOf(series[0], Tag.SeriesInstanceUID)}`,
    );
    expect(instances).toHaveLength(3);
  });

  it.each([
    ['PatientName=cranium*', 1],
    ['PatientName=Nobody*', 0],
    ['PatientID=CRANIUM-DEMO', 1],
    ['00100020=CRANIUM-DEMO', 1],
    ['StudyDate=20251231-20260101', 1],
    ['StudyDate=20260102-', 0],
    ['ModalitiesInStudy=CT', 1],
    ['ModalitiesInStudy=MR', 0],
    ['limit=1&offset=1', 0],
    ['includefield=all&fuzzymatching=false', 1],
  ])('answers ?%s with %i studies', async (query, count) => {
    const { root } = await start(demoSlices(1));
    expect(await json(`${root}/studies?${query}`)).toHaveLength(count);
  });
});

describe('WADO-RS', () => {
  it('returns metadata with numbers as numbers and pixel data by address', async () => {
    const { root, store } = await start(demoSlices(1));
    const [{ study, series }] = store.find();
    const [metadata] = await json(`${root}/studies/${study}/series/${series}/metadata`);
    expect(metadata['00280030'].Value?.every((value) => typeof value === 'number')).toBe(true);
    expect(metadata['00100010'].Value).toEqual([{ Alphabetic: 'Cranium^Demonstration' }]);
    expect(metadata[Tag.PixelData]?.InlineBinary).toBeUndefined();
  });

  it('returns the very bytes that were stored, one part an object', async () => {
    const files = demoSlices(2);
    const { root, store } = await start(files);
    const [{ study, series, instance }] = store.find();
    const accept = 'multipart/related; type="application/dicom"';
    expect(same(await partsOf(await get(`${root}/studies/${study}`, accept)), files)).toBe(true);
    const one = `${root}/studies/${study}/series/${series}/instances/${instance}`;
    expect(same(await partsOf(await get(one, accept)), [files[0]])).toBe(true);
    const single = await get(one, 'application/dicom');
    expect(same([Buffer.from(await single.arrayBuffer())], [files[0]])).toBe(true);
  });

  it('returns frames of a slice and, aligned to bytes, of a binary segmentation', async () => {
    const [slice] = demoSlices(1);
    const { root, store } = await start([slice, demoSegmentation()]);
    for (const { study, series, instance, attributes } of store.find()) {
      const url = `${root}/studies/${study}/series/${series}/instances/${instance}/frames`;
      const bits = Number(valueOf(attributes, Tag.BitsAllocated));
      const pixels =
        Number(valueOf(attributes, Tag.Rows)) * Number(valueOf(attributes, Tag.Columns));
      const [frame] = await partsOf(await get(`${url}/1`, '*/*'));
      expect(frame.length).toBe(Math.ceil((pixels * bits) / 8));
      expect((await get(`${url}/100000`, '*/*')).status).toBe(404);
    }
  });

  it('says 404 for what is not there', async () => {
    const { root } = await start([]);
    for (const path of ['/studies/1.2.3', '/studies/1.2.3/metadata', '/nonsense']) {
      expect((await get(`${root}${path}`)).status).toBe(404);
    }
  });
});

describe('STOW-RS', () => {
  it('stores objects and names where each can be retrieved', async () => {
    const { root, store } = await start([]);
    const { status, body } = await post(`${root}/studies`, demoSlices(2));
    expect(status).toBe(200);
    const stored = body[Tag.ReferencedSOPSequence].Value as JsonDataset[];
    expect(stored).toHaveLength(2);
    expect((await get(String(valueOf(stored[0], Tag.RetrieveURL)))).status).toBe(200);
    expect(store.size).toBe(2);
  });

  it('reports what it refused beside what it stored', async () => {
    const { root, store } = await start([]);
    const [file] = demoSlices(1);
    const { status, body } = await post(`${root}/studies`, [file, Buffer.from('no DICOM')]);
    expect(status).toBe(202);
    expect(body[Tag.ReferencedSOPSequence].Value).toHaveLength(1);
    const [failed] = body[Tag.FailedSOPSequence].Value as JsonDataset[];
    expect(valueOf(failed, Tag.FailureReason)).toBe(0xc000);
    expect(store.size).toBe(1);
  });

  it('refuses a file that was cut off', async () => {
    const { root, store } = await start([]);
    const [file] = demoSlices(1);
    for (const whole of [file, demoSegmentation()]) {
      for (const lost of [1, 5000, 30000]) {
        const cut = whole.subarray(0, whole.length - lost);
        const { status, body } = await post(`${root}/studies`, [cut]);
        expect(status).toBe(409);
        const [failed] = body[Tag.FailedSOPSequence].Value as JsonDataset[];
        expect(valueOf(failed, Tag.ReferencedSOPInstanceUID)).toMatch(/^[0-9.]+$/);
      }
    }
    expect(store.size).toBe(0);
  });

  const item = concat([
    rawElement('FFFEE000', '', new Uint8Array(), { implicit: true }, 0xffffffff),
    rawElement('00180010', '', ascii('AGENT'), { implicit: true }),
    rawElement('FFFEE00D', '', new Uint8Array(), { implicit: true }),
  ]);
  const unusual: [string, Encoding][] = [
    ['two character sets', { texts: { '00080005': { vr: 'CS', bytes: ascii('\\ISO 2022 IR 87') } } }], // prettier-ignore
    [
      'a sequence as UN of undefined length',
      {
        extra: [
          {
            tag: '00091010',
            bytes: concat([
              rawElement('00091010', 'UN', new Uint8Array(), {}, 0xffffffff),
              item,
              rawElement('FFFEE0DD', '', new Uint8Array(), { implicit: true }),
            ]),
          },
        ],
      },
    ],
    [
      'a sequence as UN of defined length',
      { extra: [{ tag: '0018100A', bytes: rawElement('0018100A', 'UN', item) }] },
    ],
    ['big endian', { bigEndian: true }],
    ['a meta header without its length', { noGroupLength: true }],
  ];
  it.each(unusual)('stores, describes and hands out a slice with %s', async (_, encoding) => {
    const [slice] = demoSlices(1);
    const { root, store } = await start([]);
    const { status } = await post(`${root}/studies`, [reencode(slice, encoding)]);
    expect(status).toBe(200);
    const [{ study, series, instance }] = store.find();
    const address = `${root}/studies/${study}/series/${series}`;
    const [metadata] = await json(`${address}/metadata`);
    expect(valueOf(metadata, Tag.Rows)).toBe(256);
    expect(JSON.stringify(metadata).length).toBeLessThan(20_000);
    const frame = await get(`${address}/instances/${instance}/frames/1`, 'multipart/related');
    const [pixels] = await partsOf(frame);
    expect(pixels.equals(slice.subarray(slice.length - pixels.length))).toBe(true);
    expect(pixels).toHaveLength(256 * 256 * 2);
  });

  it('refuses other content under a UID that is taken', async () => {
    const [file] = demoSlices(1);
    const { root } = await start([file]);
    const { status, body } = await post(`${root}/studies`, [
      altered(file, 'CRANIUM-DEMO', 'CRANIUM-EVIL'),
    ]);
    expect(status).toBe(409);
    const [failed] = body[Tag.FailedSOPSequence].Value as JsonDataset[];
    expect(valueOf(failed, Tag.FailureReason)).toBe(0x0111);
  });

  it('refuses objects of another study than the address names', async () => {
    const { root } = await start([]);
    const { status, body } = await post(`${root}/studies/1.2.3`, demoSlices(1));
    expect(status).toBe(409);
    const [failed] = body[Tag.FailedSOPSequence].Value as JsonDataset[];
    expect(valueOf(failed, Tag.FailureReason)).toBe(0xa900);
  });

  it.each([
    ['application/dicom', 415],
    ['multipart/related; type="application/dicom"', 400],
    ['multipart/related; type="application/dicom"; boundary=absent', 400],
  ])('answers a body sent as %s with %i', async (contentType, status) => {
    const { root } = await start([]);
    const response = await fetch(`${root}/studies`, {
      method: 'POST',
      headers: { 'Content-Type': contentType },
      body: 'x',
    });
    expect(response.status).toBe(status);
    expect((await response.json()) as { error: string }).toHaveProperty('error');
  });
});
