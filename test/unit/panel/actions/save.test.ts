import { describe, expect, it } from 'vitest';
import { readSegmentation } from '../../../../extension/src/dicom/segmentation/readSegmentation.ts';
import { CranioplastyError } from '../../../../extension/src/engine/space/errors.ts';
import { service, setUpService, state, viewer } from '../serviceUnderTest.ts';

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
