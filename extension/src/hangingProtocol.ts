import { moduleNames } from './id.ts';

/** Bone window, HU. */
export const BONE_WINDOW = { windowWidth: 2000, windowCenter: 500 } as const;

/** Id of the 3D viewport, in which the result is looked at as surfaces. */
export const VIEWPORT_3D_ID = 'cranioplasty-3d';

const voiSync = {
  type: 'voi',
  id: 'cranioplasty-voi',
  source: true,
  target: true,
  options: { syncColormap: true },
};

/** Shows a segmentation in every viewport of the same frame of reference once it is shown in one. */
const segmentationSync = {
  type: 'hydrateseg',
  id: 'sameFORId',
  source: true,
  target: true,
  options: { matchingRules: ['sameFOR'] },
};

function plane(orientation: 'axial' | 'sagittal' | 'coronal') {
  return {
    viewportOptions: {
      viewportId: `cranioplasty-${orientation}`,
      toolGroupId: 'mpr',
      viewportType: 'volume',
      orientation,
      initialImageOptions: { preset: 'middle' },
      syncGroups: [voiSync, segmentationSync],
    },
    displaySets: [{ id: 'ctDisplaySet', options: { voi: BONE_WINDOW } }],
  };
}

const volume3d = {
  viewportOptions: {
    viewportId: VIEWPORT_3D_ID,
    toolGroupId: 'volume3d',
    viewportType: 'volume3d',
    orientation: 'coronal',
    customViewportProps: { hideOverlays: true },
    // No synchronisation of segmentations: surfaces are made on purpose, see showSegmentations.ts.
    syncGroups: [],
  },
  displaySets: [
    // The preset must be an object: with a string the viewport stays black.
    { id: 'ctDisplaySet', options: { displayPreset: { CT: 'CT-Bone', default: 'CT-Bone' } } },
  ],
};

/** Axial, sagittal, coronal and 3D, all of the CT. */
export const cranioplastyProtocol = {
  id: moduleNames.hangingProtocol,
  name: 'Cranioplasty',
  locked: true,
  icon: 'layout-advanced-3d-four-up',
  isPreset: true,
  createdDate: '2026-11-22T00:00:00.000Z',
  modifiedDate: '2026-11-22T00:00:00.000Z',
  availableTo: {},
  editableBy: {},
  imageLoadStrategy: 'interleaveCenter',
  protocolMatchingRules: [
    {
      id: 'has-ct',
      weight: 1,
      attribute: 'ModalitiesInStudy',
      constraint: { contains: ['CT'] },
      required: false,
    },
  ],
  displaySetSelectors: {
    ctDisplaySet: {
      seriesMatchingRules: [
        {
          weight: 1,
          attribute: 'Modality',
          constraint: { equals: { value: 'CT' } },
          required: true,
        },
        {
          weight: 1,
          attribute: 'isReconstructable',
          constraint: { equals: { value: true } },
          required: true,
        },
      ],
    },
  },
  stages: [
    {
      id: 'planes-and-3d',
      name: 'Axial, sagittal, coronal and 3D',
      viewportStructure: { layoutType: 'grid', properties: { rows: 2, columns: 2 } },
      viewports: [plane('axial'), plane('sagittal'), plane('coronal'), volume3d],
    },
  ],
  numberOfPriorsReferenced: -1,
};

/** OHIF's hanging protocol module. */
export function getHangingProtocolModule() {
  return [{ name: cranioplastyProtocol.id, protocol: cranioplastyProtocol }];
}
