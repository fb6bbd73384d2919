import { describe, expect, it } from 'vitest';
import type { NaturalDataset } from '../../../../extension/src/dicom/part10/attributes.ts';
import { readSegmentation } from '../../../../extension/src/dicom/segmentation/readSegmentation.ts';
import { writeSegmentation } from '../../../../extension/src/dicom/segmentation/writeSegmentation.ts';
import { shownDesign } from '../../../../extension/src/state/studyState.ts';
import { tetrahedron } from '../../../support/tetrahedron.ts';
import { ctInstances, maskOnCt } from '../fakeViewer.ts';
import {
  altered,
  ct,
  designing,
  jobs,
  missing,
  reopenLatest,
  result,
  storedCase,
} from '../reopening.ts';
import { reloadPage, service, setUpService, state, viewer } from '../serviceUnderTest.ts';

setUpService();

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
