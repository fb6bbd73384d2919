import { moduleNames } from '../../id.ts';
import type { Layout, Place3d } from '../ViewerPort.ts';

/** Bone window, HU. */
export const BONE_WINDOW = { windowWidth: 2000, windowCenter: 500 } as const;

/**
 * Ids of the 3D viewports, in which shapes are looked at as surfaces. None stands in two layouts: OHIF mounts
 * the new viewport before it takes the old one out of its synchronisation groups, by its id.
 */
export const viewport3dIds = {
  usual: 'cranioplasty-3d',
  first: 'cranioplasty-3d-first',
  second: 'cranioplasty-3d-second',
  flatter: 'cranioplasty-3d-flatter',
  expected: 'cranioplasty-3d-expected',
  fuller: 'cranioplasty-3d-fuller',
} as const satisfies Record<Place3d, string>;

export function is3dViewport(viewportId: string): boolean {
  return Object.values<string>(viewport3dIds).includes(viewportId);
}

/** The stage of the protocol for each layout. */
export const stageIds = {
  usual: 'planes-and-3d',
  compared: 'side-by-side',
  alternatives: 'three-side-by-side',
} as const satisfies Record<Layout, string>;

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

/** Turning one of several 3D viewports turns the others. */
const cameraSync = { type: 'cameraposition', id: 'cranioplasty-3d', source: true, target: true };

function volume3d(viewportId: string, syncGroups: readonly object[]) {
  return {
    viewportOptions: {
      viewportId,
      toolGroupId: 'volume3d',
      viewportType: 'volume3d',
      orientation: 'coronal',
      customViewportProps: { hideOverlays: true },
      // No synchronisation of segmentations: surfaces are made on purpose, see showSegmentations.ts.
      syncGroups,
    },
    displaySets: [
      // The preset must be an object: with a string the viewport stays black.
      { id: 'ctDisplaySet', options: { displayPreset: { CT: 'CT-Bone', default: 'CT-Bone' } } },
    ],
  };
}

/** Whether a display set is the CT to show: no property of it, but a choice among those of the study. */
export const ctToHang = 'cranioplastyCtToHang';

/** Axial, sagittal, coronal and 3D, all of the CT; or two in 3D above two planes, or three above three. */
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
        // Not required: the user may choose another one.
        { weight: 10, attribute: ctToHang, constraint: { equals: { value: true } } },
      ],
    },
  },
  stages: [
    {
      id: stageIds.usual,
      name: 'Axial, sagittal, coronal and 3D',
      viewportStructure: { layoutType: 'grid', properties: { rows: 2, columns: 2 } },
      viewports: [
        plane('axial'),
        plane('sagittal'),
        plane('coronal'),
        volume3d(viewport3dIds.usual, []),
      ],
    },
    {
      id: stageIds.compared,
      name: 'Two shapes side by side',
      viewportStructure: { layoutType: 'grid', properties: { rows: 2, columns: 2 } },
      viewports: [
        volume3d(viewport3dIds.first, [cameraSync]),
        volume3d(viewport3dIds.second, [cameraSync]),
        plane('axial'),
        plane('coronal'),
      ],
    },
    {
      id: stageIds.alternatives,
      name: 'Three shapes side by side',
      viewportStructure: { layoutType: 'grid', properties: { rows: 2, columns: 3 } },
      viewports: [
        volume3d(viewport3dIds.flatter, [cameraSync]),
        volume3d(viewport3dIds.expected, [cameraSync]),
        volume3d(viewport3dIds.fuller, [cameraSync]),
        plane('axial'),
        plane('sagittal'),
        plane('coronal'),
      ],
    },
  ],
  numberOfPriorsReferenced: -1,
};

/** OHIF's hanging protocol module. */
export function getHangingProtocolModule() {
  return [{ name: cranioplastyProtocol.id, protocol: cranioplastyProtocol }];
}
