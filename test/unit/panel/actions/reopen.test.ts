import { describe, expect, it, vi } from 'vitest';
import { readReport } from '../../../../extension/src/dicom/report/readReport.ts';
import { isEdited, shownDesign } from '../../../../extension/src/state/studyState.ts';
import { CranioplastyError } from '../../../../extension/src/engine/space/errors.ts';
import type { Mask } from '../../../../extension/src/engine/space/volume.ts';
import { maskOnCt } from '../fakeViewer.ts';
import { ct, designing, jobs, missing, reopenLatest, result, storedCase } from '../reopening.ts';
import {
  answer,
  reloadPage,
  service,
  setUpService,
  state,
  viewer,
  workersDo,
} from '../serviceUnderTest.ts';

setUpService();

const withVoxel = ({ grid, data }: Mask, voxel: number): Mask => {
  const more = data.slice();
  more[voxel] = 1;
  return { grid, data: more };
};

describe('a stored result', () => {
  it('is offered once the page is loaded again, and not while it is shown', async () => {
    designing();
    await service.reconstruct();
    await service.save();
    expect(service.storedResults(ct())).toEqual([]);
    reloadPage();
    expect(service.storedResults(ct())).toMatchObject([
      { madeBy: 'lite 1', edited: false, reports: [{}], solids: [{}] },
    ]);
    await reopenLatest();
    expect(service.storedResults(ct())).toEqual([]);
  });

  it('comes back without a run, with shapes, figures, parameters, checks and provenance', async () => {
    await storedCase(() => service.rehearse());
    const before = readReport(viewer.pacs.objects[2]).record;
    const ran = jobs('reconstruct').length;
    const designs = jobs('designImplant').length;
    await reopenLatest();
    expect(state().error).toBeUndefined();
    expect(missing()).toEqual([]);
    expect(jobs('reconstruct')).toHaveLength(ran);
    expect(jobs('designImplant')).toHaveLength(designs);
    const { shapes, pieces, rehearsal, reconstruction, modelFolder, provider } = result()!;
    expect(shapes.patch.mask.data).toEqual(maskOnCt(5, 6, 17).data);
    expect(shapes.implant.mask.data).toEqual(maskOnCt(6, 7).data);
    // Measured again it would be its voxels.
    expect(shapes.patch.measurements).toEqual(before?.shapes.patch?.measurements);
    expect(shapes.implant.measurements).toEqual(before?.shapes.implant?.measurements);
    expect(pieces).toEqual(before?.reconstruction?.pieces);
    expect(rehearsal).toEqual(before?.rehearsal);
    expect(reconstruction.model).toEqual(before?.reconstruction?.model);
    expect(reconstruction.alignment).toEqual(before?.reconstruction?.alignment);
    expect(reconstruction.warnings).toEqual(before?.reconstruction?.warnings);
    expect(reconstruction.agreement).toMatchObject({ dice: 0.9, mean: 0.3, p95: 1.2 });
    expect(modelFolder).toBe('lite');
    expect(provider).toEqual({ provider: 'webgpu', description: 'test' });
    const { parameters, checks } = shownDesign(result()!)!.implant;
    expect(parameters).toEqual(before?.design?.parameters);
    expect(checks).toEqual(before?.design?.checks);
    expect(state().implant).toMatchObject({ kind: 'designed', parameters: { thickness: 3 } });
    expect(isEdited(result()!, 'patch') || isEdited(result()!, 'implant')).toBe(false);
    expect([...viewer.segmentations.values()].map(({ label }) => label)).toEqual([
      'Skull patch',
      'Implant',
    ]);
    expect(viewer.hidden).toEqual([result()?.saved?.seriesInstanceUID]);
  });

  it('has colours of thickness and gap again, measured once it is on the screen', async () => {
    await storedCase();
    await reopenLatest();
    const drawn = () => viewer.surfaces.find(({ id }) => id === 'implant');
    const { shape } = shownDesign(result()!)!;
    await vi.waitFor(() => expect(shownDesign(result()!)?.implant.maps).toBeDefined());
    service.setImplantColours('gap');
    expect(drawn()?.colours).toBeDefined();
    const [job] = jobs('mapImplant');
    expect(job).toMatchObject({
      from: { skull: viewer.skull, patch: maskOnCt(5, 6, 17) },
      design: { parameters: { thickness: 3 }, mask: maskOnCt(6, 7) },
    });
    // It is the same implant, and saved as it was.
    expect(shownDesign(result()!)?.shape).toBe(shape);
    expect(result()?.saved?.left).toEqual([]);
    // What was prepared of the patch serves the next design.
    service.setImplantParameters({ thickness: 5 });
    await vi.waitFor(() => expect(shownDesign(result()!)?.implant.parameters.thickness).toBe(5));
    expect(jobs('designImplant').at(-1)).toMatchObject({ from: undefined });
    expect(jobs('mapImplant')).toHaveLength(1);
  });

  it('goes without colours, and tries once, where skull and patch give another implant', async () => {
    await storedCase();
    workersDo((job, worker) => {
      if (job.kind === 'mapImplant') throw new CranioplastyError('bad-geometry', 'Another one.');
      return answer(job, worker);
    });
    await reopenLatest();
    await vi.waitFor(() => expect(result()?.unmapped).toBe(true));
    expect(state().error).toBeUndefined();
    viewer.change();
    await service.downloadReport();
    expect(state().error).toBeUndefined();
    expect(jobs('mapImplant')).toHaveLength(1);
    expect(shownDesign(result()!)?.implant.maps).toBeUndefined();
    // A design that comes after has its own.
    designing();
    service.setImplantParameters({ thickness: 5 });
    await vi.waitFor(() => expect(shownDesign(result()!)?.implant.maps).toBeDefined());
  });

  it('waits with a report until its colours are there', async () => {
    await storedCase();
    await reopenLatest();
    await service.downloadReport();
    expect(shownDesign(result()!)?.implant.maps).toBeDefined();
  });

  it('gives the same STL byte for byte', async () => {
    let stl: BlobPart = '';
    await storedCase(async () => {
      await service.downloadStl('implant');
      stl = viewer.files[0].bytes;
    });
    await reopenLatest();
    await service.downloadStl('implant');
    expect(viewer.files[0].bytes).toEqual(stl);
  });

  it('is saved, and nothing of it is stored again', async () => {
    await storedCase(async () => {
      await service.judgeFit();
      await service.compare();
    });
    await reopenLatest();
    expect(missing()).toEqual([]);
    expect(result()?.saved?.left).toEqual([]);
    await service.downloadSeg();
    await service.save();
    expect(state().error).toBeUndefined();
    expect(viewer.pacs.asked).toEqual([]);
    expect(new Uint8Array(viewer.files[0].bytes as ArrayBuffer)).toEqual(
      new Uint8Array(viewer.pacs.objects[0]),
    );
  });

  it('brings the judgement and the comparison back', async () => {
    await storedCase(async () => {
      await service.judgeFit();
      await service.compare();
    });
    await reopenLatest();
    expect(state().fit?.reference).toContain('Opposite side');
    expect(state().fit?.error.border).toEqual({ distance: 2, distance95: 3, curvature: 1e-4 });
    expect(state().compared?.labels).toEqual([
      'Skull patch of this result',
      'Implant of this result',
    ]);
    expect(state().overlay.shown).toBe(false);
    expect(state().layout).toBe('usual');
  });

  it('says what a judgement had come to whose reference is gone', async () => {
    await storedCase(async () => {
      await viewer.showSegmentation(ct(), {
        label: 'Of an expert',
        rgb: [0, 0, 0],
        mask: viewer.skull,
      });
      service.chooseReference(service.references(ct()).at(-1)?.key);
      await service.judgeFit();
    });
    await reopenLatest();
    expect(state().fit).toBeUndefined();
    expect(missing()).toEqual([
      'When it was stored, judged by "Of an expert" the border was off by 2.0 mm in the mean (95 %: 3.0 mm); that is not shown: what it was compared with is not in the study.',
    ]);
  });

  it('goes on as after a run: edit, measure, design, save', async () => {
    await storedCase();
    await reopenLatest();
    const before = result()?.saved?.seriesInstanceUID ?? '';
    viewer.edit(viewer.idOf('Skull patch'), 44);
    await vi.waitFor(() => expect(result()?.shapes.patch.measurements.volume).toBe(4));
    service.setImplantParameters({ thickness: 5 });
    await vi.waitFor(() => expect(shownDesign(result()!)?.implant.parameters.thickness).toBe(5));
    await service.judgeFit();
    await service.save();
    expect(state().error).toBeUndefined();
    expect(viewer.pacs.asked).toEqual(['segmentation', "implant's STL", 'report of measurements']);
    // Of before the edit: in another layout it does not appear beside what is shown.
    expect(service.isShownAsResult(before)).toBe(true);
    const { record } = readReport(viewer.pacs.objects[5]);
    expect(record?.design?.parameters.thickness).toBe(5);
    expect(record?.shapes.patch?.edited).toBe(true);
    expect(record?.judgement).toBeDefined();
  });

  it('stores only the report again once more is known', async () => {
    await storedCase();
    await reopenLatest();
    await service.judgeFit();
    expect(result()?.saved?.left).toEqual(['report of measurements']);
    await service.save();
    expect(viewer.pacs.asked).toEqual(['report of measurements']);
    reloadPage();
    // Of two reports of one segmentation the later one counts.
    await reopenLatest();
    expect(state().fit).toBeDefined();
  });

  it('is still called edited, and its implant is not designed anew', async () => {
    await storedCase(() => {
      viewer.edit(viewer.idOf('Implant'), 44);
      return vi.waitFor(() => expect(result()?.unmeasured).toEqual([]));
    });
    expect(service.storedResults(ct())[0].edited).toBe(true);
    const designs = jobs('designImplant').length;
    await reopenLatest();
    expect(isEdited(result()!, 'implant')).toBe(true);
    expect(isEdited(result()!, 'patch')).toBe(false);
    expect(result()?.shapes.implant.mask.data).toEqual(withVoxel(maskOnCt(6, 7), 44).data);
    expect(jobs('designImplant')).toHaveLength(designs);
    expect(result()?.saved?.left).toEqual([]);
    await service.takeBackImplantEdits();
    await vi.waitFor(() => expect(isEdited(result()!, 'implant')).toBe(false));
    await vi.waitFor(() => expect(result()?.shapes.implant.mask.data).toEqual(maskOnCt(6, 7).data));
    expect(shownDesign(result()!)?.implant.parameters.thickness).toBe(3);
  });

  it('has no predicted implant beside a designed one', async () => {
    await storedCase();
    await reopenLatest();
    await service.chooseImplantKind('predicted');
    expect(state().error?.message).toContain('was not stored');
    expect(state().implant.kind).toBe('designed');
    expect(service.comparables(ct()).map(({ label }) => label)).not.toContain(
      'Implant as predicted',
    );
  });

  it('with a predicted implant stays predicted, and can be designed', async () => {
    designing();
    await service.reconstruct();
    await service.chooseImplantKind('predicted');
    await service.save();
    reloadPage();
    const designs = jobs('designImplant').length;
    await reopenLatest();
    expect(missing()).toEqual([]);
    expect(state().implant.kind).toBe('predicted');
    expect(jobs('designImplant')).toHaveLength(designs);
    await service.chooseImplantKind('designed');
    await vi.waitFor(() => expect(shownDesign(result()!)).toBeDefined());
  });

  it('takes the place of a result without losing its edits', async () => {
    await storedCase();
    await service.reconstruct();
    const edited = viewer.idOf('Skull patch');
    viewer.edit(edited, 44);
    await reopenLatest();
    expect(viewer.segmentations.has(edited)).toBe(true);
    expect(result()?.segmentationIds.patch).not.toBe(edited);
  });
});
