import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seriesOf } from '../../extension/src/dicom/report/writeReport.ts';
import { readReport } from '../../extension/src/dicom/report/readReport.ts';
import { readSegmentation } from '../../extension/src/dicom/segmentation/readSegmentation.ts';
import { writeSegmentation } from '../../extension/src/dicom/segmentation/writeSegmentation.ts';
import { readSolid } from '../../extension/src/dicom/solid/readSolid.ts';
import { writeSolid } from '../../extension/src/dicom/solid/writeSolid.ts';
import { writeStl } from '../../extension/src/engine/surface/stl.ts';
import type { ObjectKind } from '../../extension/src/services/storing/objectKinds.ts';
import { storeAndCompare } from '../../extension/src/services/storing/storeAndCompare.ts';
import type { InstanceReference, Pacs } from '../../extension/src/viewer/pacs.ts';
import { boundaryOf } from '../../viewer/src/dicom/multipart.ts';
import { createDicomwebRouter } from '../../viewer/src/store/dicomwebRouter.ts';
import { FileStore } from '../../viewer/src/store/fileStore.ts';
import { startOrthanc, type Orthanc } from '../browser/support/orthanc.ts';
import { fullRecord } from '../support/caseRecord.ts';
import { multipartOf, parseMultipart } from '../support/multipart.ts';
import { fullReport } from '../support/storedCase.ts';
import { tetrahedron } from '../support/tetrahedron.ts';
import { serve } from '../support/server.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { phantomCases, phantomCt, phantomSegments } from './phantom.ts';

/** A PACS by its DICOMweb address. */
function dicomweb(root: string): Pacs {
  return {
    async store(part10: ArrayBuffer): Promise<void> {
      const { contentType, body } = multipartOf([new Uint8Array(part10)]);
      const headers = { 'Content-Type': contentType, Accept: 'application/dicom+json' };
      const response = await fetch(`${root}/studies`, {
        method: 'POST',
        headers,
        body: new Uint8Array(body),
      });
      expect(response.status).toBe(200);
    },
    async retrieve(instance: InstanceReference): Promise<ArrayBuffer> {
      const { studyInstanceUID, seriesInstanceUID, sopInstanceUID } = instance;
      const response = await fetch(
        `${root}/studies/${studyInstanceUID}/series/${seriesInstanceUID}/instances/${sopInstanceUID}`,
        { headers: { Accept: 'multipart/related; type="application/dicom"; transfer-syntax=*' } },
      );
      expect(response.status).toBe(200);
      const boundary = boundaryOf(response.headers.get('content-type') ?? '');
      const [part] = parseMultipart(Buffer.from(await response.arrayBuffer()), boundary);
      return new Uint8Array(part).buffer;
    },
  };
}

const { series } = phantomCt(phantomCases[0].grid);
const source = { ct: series };
const stl = writeStl(tetrahedron(), 'implant, mm, LPS');
const segmentationFile = writeSegmentation(phantomSegments(series.grid), source, {
  seriesDescription: 'Cranioplasty',
});
const segmentation = readSegmentation(segmentationFile);
const algorithm = { name: 'implant design', version: '1' };
const files: readonly (readonly [ObjectKind, ArrayBuffer])[] = [
  ['segmentation', segmentationFile],
  [
    'solid',
    writeSolid({ stl, title: 'Designed cranial implant', algorithm }, source, {
      seriesDescription: 'Cranial implant',
      segmentation: seriesOf(segmentation),
    }),
  ],
  ['report', fullReport(source, { segmentation })],
];

const reference = (file: ArrayBuffer, kind: ObjectKind): InstanceReference => {
  const read = { segmentation: readSegmentation, solid: readSolid, report: readReport }[kind];
  const { studyInstanceUID, seriesInstanceUID, sopInstanceUID } = read(file);
  return { studyInstanceUID, seriesInstanceUID, sopInstanceUID };
};

/** Stores everything, as the panel does, and reads it back. */
async function roundTrip(root: string): Promise<void> {
  const pacs = dicomweb(root);
  const back = new Map<ObjectKind, ArrayBuffer>();
  for (const [kind, file] of files) {
    const object = { kind, name: kind, file, reference: reference(file, kind) };
    await expect(storeAndCompare(object, pacs)).resolves.toBeDefined();
    back.set(kind, await pacs.retrieve(object.reference));
  }
  const solid = readSolid(back.get('solid') ?? new ArrayBuffer());
  expect(Buffer.from(solid.stl).equals(stl)).toBe(true);
  const report = readReport(back.get('report') ?? new ArrayBuffer());
  expect(report.record).toEqual(fullRecord);

  const listed = await fetch(`${root}/studies/${series.studyInstanceUID}/series`, {
    headers: { Accept: 'application/dicom+json' },
  });
  const found = (await listed.json()) as Record<string, { Value?: string[] }>[];
  expect(found.map((one) => one['00080060'].Value?.[0]).sort()).toEqual(['M3D', 'SEG', 'SR']);
}

describe('the embedded store', () => {
  it('gives back segmentation, STL and report as they were stored', async () => {
    const store = await FileStore.open(await temporaryFolder(), () => undefined);
    await roundTrip(
      await serve(
        '/dicomweb',
        createDicomwebRouter(store, () => undefined),
      ),
    );
  });
});

describe('Orthanc', () => {
  let orthanc: Orthanc;
  beforeAll(async () => {
    orthanc = await startOrthanc();
  });
  afterAll(() => orthanc?.stop());

  it('gives back segmentation, STL and report as they were stored', async () => {
    await roundTrip(orthanc.dicomweb);
  });
});
