import { describe, expect, it } from 'vitest';
import { readReport } from '../../../../extension/src/dicom/report/readReport.ts';
import { readSegmentation } from '../../../../extension/src/dicom/segmentation/readSegmentation.ts';
import { readSolid } from '../../../../extension/src/dicom/solid/readSolid.ts';
import { CranioplastyError } from '../../../../extension/src/engine/space/errors.ts';
import { smallDesign } from '../../worker/fakes.ts';
import { maskOnCt } from '../fakeViewer.ts';
import { answer, service, setUpService, state, viewer, workersDo } from '../serviceUnderTest.ts';

setUpService();

describe('saving', () => {
  it('says saved after the comparison and makes the object known', async () => {
    await service.reconstruct();
    await service.save();
    expect(state().error).toBeUndefined();
    expect(state().result?.saved?.sopInstanceUID).toBe(viewer.announced[0]['SOPInstanceUID']);
    expect(service.isShownAsResult(String(viewer.announced[0]['SeriesInstanceUID']))).toBe(true);
    expect(service.isShownAsResult('1.2.3')).toBe(false);
  });

  it('stores what the user edited', async () => {
    await service.reconstruct();
    viewer.edit(viewer.idOf('Implant'), 44);
    await service.save();
    const [, implant] = readSegmentation(viewer.pacs.objects[0]).segments;
    expect(implant.algorithm.type).toBe('SEMIAUTOMATIC');
    expect(implant.mask().data.filter((v) => v !== 0)).toHaveLength(3);
  });

  it('is no longer saved after an edit', async () => {
    await service.reconstruct();
    await service.save();
    viewer.edit(viewer.idOf('Implant'), 44);
    expect(state().result?.saved).toBeUndefined();
  });

  it('keeps the result when the PACS refuses', async () => {
    await service.reconstruct();
    viewer.pacs.refuse = new CranioplastyError('pacs-refused', 'Refused.');
    await service.save();
    expect(state().error?.code).toBe('pacs-refused');
    expect(state().result?.saved).toBeUndefined();
    expect(viewer.announced).toHaveLength(0);
    expect(viewer.segmentations.size).toBe(2);
  });
});

describe('saving a designed implant', () => {
  const solid = "implant's STL";
  const report = 'report of measurements';

  async function reconstructed(): Promise<void> {
    workersDo((job, worker) =>
      job.kind === 'designImplant' ? smallDesign(maskOnCt(6, 7)) : answer(job, worker),
    );
    await service.reconstruct();
  }

  it('stores segmentation, STL and report, and makes each known', async () => {
    await reconstructed();
    await service.save();
    expect(state().error).toBeUndefined();
    expect(state().result?.saved?.left).toEqual([]);
    expect(viewer.announced.map(({ Modality }) => Modality)).toEqual(['SEG', 'M3D', 'SR']);
    const [segmentation, model] = viewer.pacs.objects;
    expect(readSolid(model).sources.at(-1)?.sopInstanceUID).toBe(
      readSegmentation(segmentation).sopInstanceUID,
    );
  });

  it('stores the STL that is downloaded, and the segmentation under the same UIDs', async () => {
    await reconstructed();
    await service.downloadSeg();
    await service.downloadStl('implant');
    await service.save();
    const [seg, stl] = viewer.files.map(({ bytes }) => bytes);
    expect(new Uint8Array(viewer.pacs.objects[0])).toEqual(new Uint8Array(seg as ArrayBuffer));
    expect(readSolid(viewer.pacs.objects[1]).stl).toEqual(stl);
    await service.downloadSeg();
    expect(viewer.files[2].bytes).toEqual(seg);
  });

  it('says what was stored where the PACS refuses the rest, and tries only that again', async () => {
    await reconstructed();
    viewer.pacs.refused.add(solid).add(report);
    await service.save();
    expect(state().error?.code).toBe('pacs-refused');
    expect(state().error?.message).toBe(
      `Stored and read back: the segmentation. The PACS refused the ${solid} (HTTP 403). ` +
        `The PACS refused the ${report} (HTTP 403). Save again to try only what is left.`,
    );
    expect(state().result?.saved?.left).toEqual([solid, report]);
    expect(viewer.announced).toHaveLength(1);

    viewer.pacs.refused.delete(report);
    await service.save();
    expect(state().result?.saved?.left).toEqual([solid]);
    expect(state().error?.message).toContain('the segmentation, the report of measurements.');

    viewer.pacs.refused.clear();
    await service.save();
    expect(state().error).toBeUndefined();
    expect(state().result?.saved?.left).toEqual([]);
    expect(viewer.pacs.asked).toEqual(['segmentation', solid, report, solid, report, solid]);
    expect(viewer.pacs.objects).toHaveLength(3);
  });

  it('stores nothing where the PACS refuses the segmentation', async () => {
    await reconstructed();
    viewer.pacs.refused.add('segmentation');
    await service.save();
    expect(viewer.pacs.asked).toEqual(['segmentation']);
    expect(state().result?.saved).toBeUndefined();
  });

  it('stores only the segmentation where an edited shape could not be measured', async () => {
    workersDo((job, worker) => {
      if (job.kind === 'remeasure') throw new CranioplastyError('inference-failed', 'No.');
      return job.kind === 'designImplant' ? smallDesign(maskOnCt(6, 7)) : answer(job, worker);
    });
    await service.reconstruct();
    viewer.edit(viewer.idOf('Implant'), 44);
    await service.save();
    expect(viewer.pacs.asked).toEqual(['segmentation']);
    expect(state().result?.saved?.left).toEqual([solid, report]);
    expect(state().error?.message).toMatch(
      /^Stored and read back: the segmentation\. The edited shape could not be measured again/,
    );
  });

  it('stores a new report, and only that, once more was measured', async () => {
    await reconstructed();
    await service.save();
    await service.judgeFit();
    expect(state().result?.saved?.left).toEqual([report]);
    await service.save();
    expect(state().result?.saved?.left).toEqual([]);
    expect(viewer.pacs.asked.slice(3)).toEqual([report]);
    const [before, after] = [2, 3].map((n) => readReport(viewer.pacs.objects[n]));
    expect(before.record?.judgement).toBeUndefined();
    expect(after.record?.judgement?.judgedBy).toContain('Opposite side');
  });

  it('stores all anew after an edit, and says so of an implant edited by hand', async () => {
    await reconstructed();
    await service.save();
    viewer.edit(viewer.idOf('Implant'), 44);
    await service.save();
    expect(state().error).toBeUndefined();
    expect(viewer.pacs.objects).toHaveLength(6);
    expect(readSolid(viewer.pacs.objects[4]).title).toContain('edited by hand');
    expect(readReport(viewer.pacs.objects[5]).record?.shapes.implant?.edited).toBe(true);
  });
});
