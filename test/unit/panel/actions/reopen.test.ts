import { describe, expect, it, vi } from 'vitest';
import { readSegmentation } from '../../../../extension/src/dicom/segmentation/readSegmentation.ts';
import { writeSegmentation } from '../../../../extension/src/dicom/segmentation/writeSegmentation.ts';
import { readReport } from '../../../../extension/src/dicom/report/readReport.ts';
import type { NaturalDataset } from '../../../../extension/src/dicom/part10/attributes.ts';
import { isEdited, shownDesign } from '../../../../extension/src/state/studyState.ts';
import type { Mask } from '../../../../extension/src/engine/space/volume.ts';
import { tetrahedron } from '../../../support/tetrahedron.ts';
import { smallDesign, type Job } from '../../worker/fakes.ts';
import { ctInstances, maskOnCt } from '../fakeViewer.ts';
import {
  answer,
  reloadPage,
  service,
  setUpService,
  state,
  viewer,
  workers,
  workersDo,
} from '../serviceUnderTest.ts';

setUpService();

const ct = () => viewer.findCt();
const result = () => state().result;
const missing = () => state().result?.reopened?.missing;
const jobs = (kind: Job['kind']): Job[] =>
  workers.flatMap((worker) => worker.jobs.filter((job) => job.kind === kind));

/** Workers that design an implant with a surface that can be stored. */
function designing(): void {
  workersDo((job, worker) => {
    if (job.kind !== 'designImplant') return answer(job, worker);
    const size = Number(job.parameters.thickness);
    const { implant, shape } = smallDesign(maskOnCt(6, 7), 10 * size);
    const mesh = tetrahedron(size);
    return {
      implant: { ...implant, parameters: job.parameters, meshes: [mesh] },
      shape: { ...shape, mesh },
    };
  });
}

/** Reconstructs, designs with 3 mm, does more, saves, and loads the page again. */
async function storedCase(more: () => void | Promise<void> = () => undefined): Promise<void> {
  designing();
  await service.reconstruct();
  service.setImplantParameters({ thickness: 3 });
  await vi.waitFor(() => expect(shownDesign(result()!)?.implant.parameters.thickness).toBe(3));
  await more();
  await service.save();
  expect(state().error).toBeUndefined();
  reloadPage();
}

async function reopenLatest(): Promise<void> {
  const [latest] = service.storedResults(ct());
  await service.reopen(latest.segmentation.sopInstanceUID);
}

/** Puts text of the same length in the place of another, from its n-th occurrence on. */
function altered(file: ArrayBuffer, from: string, to: string, first = 0): ArrayBuffer {
  if (from.length !== to.length) throw new Error('lengths differ');
  const bytes = new Uint8Array(file.slice(0));
  const text = Buffer.from(bytes).toString('latin1');
  let at = text.indexOf(from);
  for (let n = 0; at >= 0; n++, at = text.indexOf(from, at + 1))
    if (n >= first) bytes.set(Buffer.from(to, 'latin1'), at);
  return bytes.buffer;
}

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
    expect(state().sideBySide).toBe(false);
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

describe('a result of which not all is stored', () => {
  it('comes back from the segmentation alone, measured again', async () => {
    await storedCase();
    viewer.pacs.objects.splice(1);
    await reopenLatest();
    expect(state().error).toBeUndefined();
    const { reconstruction, shapes, rehearsal, elapsed } = result()!;
    expect(reconstruction).toMatchObject({
      method: 'network',
      model: { name: 'lite', version: '1', hash: 'abc' },
      alignment: { residual: 0.7 },
    });
    expect(reconstruction.agreement).toBeUndefined();
    expect([shapes.patch, shapes.implant].map((s) => s.measurements.volume)).toEqual([3, 2]);
    expect([rehearsal, elapsed, result()?.design]).toEqual([undefined, undefined, undefined]);
    expect(missing()).toEqual([
      expect.stringContaining('no usable report'),
      expect.stringContaining('parameters are not stored'),
      expect.stringContaining('taken to be "Skull"'),
    ]);
    expect(result()?.saved?.left).toEqual(['report of measurements']);
    await service.judgeFit();
    expect(state().fit).toBeDefined();
    await service.downloadStl('implant');
    expect(viewer.files).toHaveLength(1);
    await service.save();
    expect(viewer.pacs.asked).toEqual(['report of measurements']);
  });

  it('comes back as the command line wrote it: SEG without its CT, no report', async () => {
    const skull = writeSegmentation(
      [
        {
          kind: 'skull',
          label: 'Skull',
          mask: viewer.skull,
          algorithm: { type: 'AUTOMATIC', name: 'Bone', version: '1' },
        },
      ],
      { ct: viewer.readSeries() },
      { seriesDescription: 'Skull' },
    );
    const algorithm = {
      type: 'AUTOMATIC',
      name: 'ohif-cranioplasty ct-lite',
      version: '0.1.2',
      modelHash: 'abc',
    } as const;
    viewer.pacs.objects.push(
      writeSegmentation(
        [
          { kind: 'skull-patch', label: 'Skull patch', mask: maskOnCt(5, 6), algorithm },
          { kind: 'implant', label: 'Implant', mask: maskOnCt(6), algorithm },
        ],
        { instance: readSegmentation(skull).dataset },
        { seriesDescription: 'Cranioplasty' },
      ),
    );
    await reopenLatest();
    expect(state().error).toBeUndefined();
    expect(result()?.reconstruction.model).toMatchObject({ name: 'ct-lite', version: '0.1.2' });
    expect(result()?.shapes.patch.measurements.volume).toBe(2);
    expect(state().implant.kind).toBe('predicted');
    await service.judgeFit();
    await service.save();
    expect(state().error).toBeUndefined();
  });

  it('is designed again by the parameters of its STL where the report is missing', async () => {
    await storedCase();
    viewer.pacs.objects.splice(2);
    await reopenLatest();
    expect(shownDesign(result()!)?.implant.parameters.thickness).toBe(3);
    expect(missing()).toContainEqual(expect.stringContaining('by its stored parameters'));
    // It came out the same.
    expect(result()?.saved?.left).toEqual(['report of measurements']);
    await service.save();
    expect(viewer.pacs.asked).toEqual(['report of measurements']);
  });

  it.each([
    [
      'was made by a newer version',
      (report: ArrayBuffer) => altered(report, '"format":1', '"format":2'),
      /newer version/,
    ],
    [
      'is damaged',
      (report: ArrayBuffer) => altered(report, '"shapes":{', '"shopes":{'),
      /holds no case/,
    ],
    [
      'measures another segmentation',
      (report: ArrayBuffer) => {
        const uid = service.storedResults(ct())[0].segmentation.sopInstanceUID;
        const digit = uid.endsWith('1') ? '2' : '1';
        return altered(report, uid, uid.slice(0, -1) + digit, 1);
      },
      /measures another one/,
    ],
  ])('does without a report that %s, and says so', async (_, spoil, message) => {
    await storedCase();
    viewer.pacs.objects[2] = spoil(viewer.pacs.objects[2]);
    await reopenLatest();
    expect(state().error).toBeUndefined();
    expect(missing()?.[0]).toMatch(message);
    expect(missing()).toContainEqual(expect.stringContaining('no usable report'));
    expect(result()?.shapes.patch.measurements.volume).toBe(3);
  });

  it('does without a report that does not come', async () => {
    await storedCase();
    const [reference] = service.storedResults(ct())[0].reports;
    const { retrieve } = viewer.pacs;
    viewer.pacs.retrieve = (wanted) =>
      wanted.sopInstanceUID === reference.sopInstanceUID
        ? Promise.reject(new Error('404'))
        : retrieve.call(viewer.pacs, wanted);
    await reopenLatest();
    expect(missing()?.[0]).toMatch(/^Stored report: /);
  });

  it.each([
    ['cut short', (at: number, bytes: Uint8Array) => bytes.set([9], at + 80), /cut short/],
    ['not closed', (at: number, bytes: Uint8Array) => bytes.set([7], at + 98), undefined],
  ])('designs the implant again whose STL is %s', async (_, spoil, message) => {
    await storedCase();
    const bytes = new Uint8Array(viewer.pacs.objects[1]);
    const at = Buffer.from(bytes)
      .toString('latin1')
      .indexOf('Research use only, not a medical device. Implant');
    spoil(at, bytes);
    const designs = jobs('designImplant').length;
    await reopenLatest();
    if (message) expect(missing()?.[0]).toMatch(message);
    expect(missing()?.at(-1)).toContain('designed again by its stored parameters');
    expect(jobs('designImplant')).toHaveLength(designs + 1);
    expect(shownDesign(result()!)?.implant.meshes).toEqual([tetrahedron(3)]);
  });
});

describe('a result that cannot be opened', () => {
  const refused = async (message: RegExp) => {
    await reopenLatest();
    expect(state().error?.message).toMatch(message);
    expect(result()).toBeUndefined();
    expect(viewer.segmentations.size).toBe(0);
  };

  it('is one of another frame of reference', async () => {
    await storedCase();
    viewer.instances = ctInstances().map((one) => ({ ...one, FrameOfReferenceUID: '1.2.8' }));
    await refused(/another frame of reference/);
  });

  it('is one on another series, which is named', async () => {
    await storedCase();
    const [choice] = viewer.listCts();
    viewer.listCts = () => [
      { ...choice, ct: { ...ct(), seriesInstanceUID: '1.2.3.5' } },
      { ...choice, ct: { ...ct(), label: 'Fine' } },
    ];
    viewer.instances = ctInstances().map((one) => ({ ...one, SeriesInstanceUID: '1.2.3.5' }));
    await refused(/another series of this study \("Fine"\)/);
  });

  it('is one that does not lie on the voxels of the CT', async () => {
    await storedCase();
    viewer.instances = ctInstances().map((one, k) => ({
      ...one,
      ImagePositionPatient: [0.5, 0, 2 * k],
    })) as NaturalDataset[];
    await refused(/voxels/);
  });

  it('is one that is gone', async () => {
    await service.reopen('1.2.3.4.5');
    expect(state().error?.message).toContain('no longer in the study');
  });

  it('is one whose skull is neither named nor clear', async () => {
    await storedCase();
    viewer.pacs.objects.splice(1);
    const list = viewer.listSkullSources.bind(viewer);
    viewer.listSkullSources = (...about) => {
      const [one] = list(...about);
      return [one, { ...one, key: 'stored:1:2', label: 'Bone', segment: 2 }];
    };
    await refused(/does not say which skull .* choose the segment/);
    service.chooseSkull('stored:1:2');
    await reopenLatest();
    expect(result()?.skullSource.label).toBe('Bone');
    expect(missing()?.at(-1)).toContain('taken to be "Bone"');
  });

  it('is one whose skull is no longer there at all', async () => {
    await storedCase();
    viewer.listSkullSources = () => [];
    await refused(/\("Skull"\) is not in the study: segment bone/);
  });

  it('is one whose skull was segmented in the viewer, until that is done again', async () => {
    designing();
    await service.segmentBone();
    await service.reconstruct();
    await service.save();
    reloadPage();
    const list = viewer.listSkullSources.bind(viewer);
    viewer.listSkullSources = (...about) => list(...about).filter(({ kind }) => kind === 'loaded');
    await refused(/"Skull from CT \(≥ 250 HU\)"\) is not in the study: segment bone from the CT/);
    await service.segmentBone();
    await reopenLatest();
    expect(state().error).toBeUndefined();
    expect(missing()).toEqual([]);
    expect(result()?.skullSource.kind).toBe('loaded');
    expect(result()?.saved?.left).toEqual([]);
  });

  it('is one that was made from another skull than the only one there', async () => {
    await storedCase();
    viewer.pacs.objects.splice(1);
    viewer.skull = maskOnCt(5, 6);
    await refused(/bone where the patch is \(67 %/);
  });

  it('is no segmentation without a patch', async () => {
    await storedCase();
    const [file] = viewer.pacs.objects;
    viewer.pacs.objects[0] = altered(file, 'Skull patch', 'Skull whole');
    expect(service.storedResults(ct())).toEqual([]);
  });
});
