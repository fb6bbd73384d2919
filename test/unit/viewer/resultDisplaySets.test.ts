import { describe, expect, it } from 'vitest';
import { documentClass } from '../../../extension/src/dicom/part10/sopClasses.ts';
import { getSopClassHandlerModule } from '../../../extension/src/getSopClassHandlerModule.ts';
import { id, moduleNames } from '../../../extension/src/id.ts';
import { sopClassHandlers } from '../../../mode/src/layout.ts';

const [handler] = getSopClassHandlerModule();
const stl = (more: object = {}) => ({
  SOPClassUID: documentClass.encapsulatedStl,
  StudyInstanceUID: '1',
  SeriesInstanceUID: '1.1',
  SOPInstanceUID: '1.1.1',
  Modality: 'M3D',
  ManufacturerModelName: 'ohif-cranioplasty',
  ...more,
});

describe('STL and report of a result', () => {
  it('are known to the viewer and not listed', () => {
    expect(handler.sopClassUids).toEqual(Object.values(documentClass));
    const [first, ...others] = handler.getDisplaySetsFromSeries([
      stl(),
      stl({ SOPInstanceUID: '2' }),
    ]);
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      Modality: 'M3D',
      SeriesInstanceUID: '1.1',
      excludeFromThumbnailBrowser: true,
      instances: [{}, {}],
    });
    expect(sopClassHandlers).toContain(first.SOPClassHandlerId);
    expect(first.SOPClassHandlerId).toBe(
      `${id}.sopClassHandlerModule.${moduleNames.sopClassHandler}`,
    );
  });

  it('of other software are left to the viewer, which says that it cannot show them', () => {
    expect(handler.getDisplaySetsFromSeries([stl({ ManufacturerModelName: 'Other' })])).toEqual([]);
    expect(
      handler.getDisplaySetsFromSeries([stl(), stl({ ManufacturerModelName: 'Other' })]),
    ).toEqual([]);
    expect(handler.getDisplaySetsFromSeries([])).toEqual([]);
  });
});
