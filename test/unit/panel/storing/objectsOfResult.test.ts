import { describe, expect, it } from 'vitest';
import { readReport } from '../../../../extension/src/dicom/report/readReport.ts';
import { readSegmentation } from '../../../../extension/src/dicom/segmentation/readSegmentation.ts';
import { readSolid } from '../../../../extension/src/dicom/solid/readSolid.ts';
import { writeStl } from '../../../../extension/src/engine/surface/stl.ts';
import { objectsOfResult } from '../../../../extension/src/services/storing/objectsOfResult.ts';
import { WrittenObjects } from '../../../../extension/src/services/storing/WrittenObjects.ts';
import { initialStudyState, type StudyResult } from '../../../../extension/src/state/studyState.ts';
import { smallFitError, smallRehearsal } from '../../worker/fakes.ts';
import { maskOnCt } from '../fakeViewer.ts';
import { designedResult, masksOf, result } from './results.ts';

const study = '1.2.3';
const objectsOf = (given: StudyResult, written = new WrittenObjects(), state = initialStudyState) =>
  objectsOfResult(written, study, given, state, masksOf(given));
const uids = (objects: Awaited<ReturnType<typeof objectsOf>>) =>
  objects.map(({ reference }) => reference.sopInstanceUID);

describe('objectsOfResult', () => {
  it('are segmentation and report of a predicted implant', async () => {
    expect((await objectsOf(result())).map(({ kind }) => kind)).toEqual(['segmentation', 'report']);
  });

  it('are also the designed implant, piece by piece, in one group', async () => {
    const given = designedResult(2);
    const objects = await objectsOf(given);
    expect(objects.map(({ name }) => name)).toEqual([
      'segmentation',
      "implant's STL 1",
      "implant's STL 2",
      'report of measurements',
    ]);
    const solids = objects.slice(1, 3).map(({ file }) => readSolid(file));
    const segmentation = readSegmentation(objects[0].file);
    solids.forEach((solid, piece) => {
      const mesh = given.design?.implant.meshes[piece];
      const header = 'Research use only, not a medical device. Implant, mm, LPS';
      expect(solid.stl).toEqual(mesh && writeStl(mesh, header));
      expect(solid.instanceNumber).toBe(piece + 1);
      expect(solid.sources.at(-1)?.sopInstanceUID).toBe(segmentation.sopInstanceUID);
      expect(solid.algorithm.parameters).toContain('"material":"PEEK"');
    });
    expect(solids[0].modelGroupUID).toBe(solids[1].modelGroupUID);
    expect(solids[0].seriesInstanceUID).toBe(solids[1].seriesInstanceUID);
    expect(solids[0].sopInstanceUID).not.toBe(solids[1].sopInstanceUID);
  });

  it('leave out an implant of which nothing is there', async () => {
    const given = designedResult();
    const mesh = { positions: new Float32Array(), triangles: new Uint32Array() };
    const none = {
      ...given,
      design: given.design && {
        ...given.design,
        implant: { ...given.design.implant, meshes: [mesh] },
      },
    };
    expect((await objectsOf(none)).map(({ kind }) => kind)).toEqual(['segmentation', 'report']);
  });

  it('hold what was measured, judged and chosen', async () => {
    const given = { ...designedResult(), rehearsal: smallRehearsal() };
    const error = smallFitError();
    const state = { ...initialStudyState, fit: { error, reference: 'Expert', revision: 0 } };
    const [segmentation, , report] = await objectsOf(given, undefined, state);
    const { record, segments } = readReport(report.file);
    expect(record?.design?.parameters).toEqual(given.design?.implant.parameters);
    expect(record?.design?.checks).toEqual(given.design?.implant.checks);
    expect(record?.rehearsal).toEqual(given.rehearsal);
    expect(record?.judgement).toMatchObject({ judgedBy: 'Expert', border: error.border });
    expect(record?.reconstruction).toMatchObject({
      model: { name: given.reconstruction.model.name, hash: given.reconstruction.model.hash },
      alignment: given.reconstruction.alignment,
      skull: { label: 'Skull' },
      modelFolder: 'lite',
    });
    expect(segments.map(({ segment }) => segment?.sopInstanceUID)).toEqual(
      Array(2).fill(segmentation.reference.sopInstanceUID),
    );
  });
});

describe('the same content', () => {
  it('is the same object, byte by byte, whenever it is written', async () => {
    const written = new WrittenObjects();
    const first = await objectsOf(designedResult(2), written);
    const again = await objectsOf(designedResult(2), written);
    expect(again.map(({ file }) => new Uint8Array(file))).toEqual(
      first.map(({ file }) => new Uint8Array(file)),
    );
  });

  it('is known to be stored', async () => {
    const written = new WrittenObjects();
    (await objectsOf(designedResult(), written))[1].markStored();
    expect((await objectsOf(designedResult(), written)).map((object) => object.isStored())).toEqual(
      [false, true, false],
    );
  });

  it('of another study is another object', async () => {
    const written = new WrittenObjects();
    const given = designedResult();
    const other = await objectsOfResult(written, '9', given, initialStudyState, masksOf(given));
    expect(uids(await objectsOf(given, written))).not.toEqual(uids(other));
  });
});

describe('other content', () => {
  it('is another object, of which nothing is stored, and so is what refers to it', async () => {
    const written = new WrittenObjects();
    const before = await objectsOf(designedResult(), written);
    for (const object of before) object.markStored();
    const given = designedResult();
    const shape = { ...given.computed.patch, mask: maskOnCt(5, 6) };
    const changed = {
      ...given,
      computed: { ...given.computed, patch: shape },
      shapes: { ...given.shapes, patch: shape },
    };
    const after = await objectsOf(changed, written);
    expect(after.map((object) => object.isStored())).toEqual([false, false, false]);
    uids(after).forEach((uid, n) => expect(uid).not.toBe(uids(before)[n]));
  });

  it('of the report alone leaves the others as they were', async () => {
    const written = new WrittenObjects();
    const before = uids(await objectsOf(designedResult(), written));
    const rehearsed = { ...designedResult(), rehearsal: smallRehearsal() };
    const after = uids(await objectsOf(rehearsed, written));
    expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
    expect(after[2]).not.toBe(before[2]);
  });
});
