import { beforeEach, describe, expect, it, vi } from 'vitest';

interface Stored {
  readonly label: string;
  readonly segments: Record<string, { segmentIndex: number; label: string }>;
}
const state = new Map<string, Stored>();

vi.mock('@cornerstonejs/tools', () => ({
  Enums: { SegmentationRepresentations: { Labelmap: 'Labelmap' } },
  segmentation: {
    addSegmentations: (inputs: { segmentationId: string; config: Stored }[]) =>
      inputs.forEach(({ segmentationId, config }) => state.set(segmentationId, config)),
    state: {
      getSegmentation: (id: string) => state.get(id),
      removeSegmentation: (id: string) => state.delete(id),
    },
  },
}));

const { displaySetOfLayer, separateLayers } =
  await import('../../../extension/src/viewer/layout/separateLayers.ts');
const { showSegmentations } =
  await import('../../../extension/src/viewer/layout/showSegmentations.ts');
type ShowServices = Parameters<typeof showSegmentations>[0];

const stack = (name: string, ...voxels: number[][]) =>
  voxels.map((data, i) => ({
    imageId: `${name}-${i}`,
    voxelManager: { getScalarData: () => data },
  }));

const segments = {
  1: { segmentIndex: 1, label: 'Skull patch' },
  2: { segmentIndex: 2, label: 'Implant' },
};

beforeEach(() => state.clear());

describe('a loaded segmentation', () => {
  it('is taken apart where segments overlap, each with its colour', () => {
    state.set('seg', { label: 'Result', segments });
    const layers = separateLayers({
      displaySetInstanceUID: 'seg',
      overlappingSegments: true,
      labelMapImages: [stack('a', [0, 1, 1], [0, 1, 0]), stack('b', [0, 0, 2], [2, 2, 0])],
      segMetadata: { data: [undefined, { rgba: [10, 20, 30] }, { rgba: [40, 50, 60] }] },
    });
    expect(layers.map(({ segmentationId }) => displaySetOfLayer(segmentationId))).toEqual([
      'seg',
      'seg',
    ]);
    expect(layers[0].segmentationId).toBe('seg');
    expect(
      layers.map(({ segmentationId }) =>
        Object.values(state.get(segmentationId)?.segments ?? {}).map(({ label }) => label),
      ),
    ).toEqual([['Skull patch'], ['Implant']]);
    expect([...layers[1].colours]).toEqual([[2, [40, 50, 60]]]);
  });

  it('stays whole where nothing overlaps', () => {
    state.set('seg', { label: 'Skull', segments });
    const layers = separateLayers({
      displaySetInstanceUID: 'seg',
      labelMapImages: [stack('a', [1, 2])],
    });
    expect(layers).toEqual([{ segmentationId: 'seg', colours: new Map() }]);
    expect(Object.keys(state.get('seg')?.segments ?? {})).toHaveLength(2);
  });
});

describe('the segmentations of a study', () => {
  function surroundings(load: () => Promise<void>) {
    let changed: (detail: { viewportInfo: { getViewportId(): string } }) => void = () => undefined;
    const shown: string[] = [];
    const viewports = new Map<string, object>();
    const errors: string[] = [];
    const services = {
      displaySetService: {
        getActiveDisplaySets: () => [
          { displaySetInstanceUID: 'ct', Modality: 'CT' },
          {
            displaySetInstanceUID: 'seg',
            Modality: 'SEG',
            SeriesInstanceUID: '1.2.3',
            referencedDisplaySetInstanceUID: 'ct',
            load,
          },
          {
            displaySetInstanceUID: 'other',
            Modality: 'SEG',
            referencedDisplaySetInstanceUID: 'another ct',
            load,
          },
        ],
      },
      segmentationService: {
        getSegmentation: () => undefined,
        getSegmentationRepresentations: () => [],
        setSegmentColor: () => undefined,
        addSegmentationRepresentation: (viewportId, { segmentationId }) => {
          shown.push(`${segmentationId} in ${viewportId}`);
          return Promise.resolve();
        },
      },
      cornerstoneViewportService: {
        EVENTS: { VIEWPORT_VOLUMES_CHANGED: 'changed' },
        subscribe: (_event, callback) => {
          changed = callback;
          return { unsubscribe: () => (changed = () => undefined) };
        },
        getCornerstoneViewport: (id) => {
          const viewport = viewports.get(id) ?? {};
          viewports.set(id, viewport);
          return viewport;
        },
      },
      viewportGridService: { getDisplaySetsUIDsForViewport: () => ['ct'] },
      uiNotificationService: { show: ({ message }) => void errors.push(message) },
    } satisfies ShowServices;
    const draw = (id: string) => changed({ viewportInfo: { getViewportId: () => id } });
    return { services, shown, errors, draw, viewports };
  }

  it('are shown again in a viewport that another layout made anew', async () => {
    const { services, shown, draw, viewports } = surroundings(() => Promise.resolve());
    const stop = showSegmentations(services);
    draw('axial');
    await vi.waitFor(() => expect(shown).toHaveLength(1));
    viewports.clear();
    draw('axial');
    await vi.waitFor(() => expect(shown).toEqual(['seg in axial', 'seg in axial']));
    stop();
  });

  it('are loaded once and shown once in each plane of their CT, not in 3D', async () => {
    const load = vi.fn(() => Promise.resolve());
    const { services, shown, draw } = surroundings(load);
    const stop = showSegmentations(services);
    for (const id of ['axial', 'coronal', 'axial', 'cranioplasty-3d']) draw(id);
    await vi.waitFor(() => expect(shown).toEqual(['seg in axial', 'seg in coronal']));
    expect(load).toHaveBeenCalledTimes(1);

    stop();
    draw('sagittal');
    expect(shown).toHaveLength(2);
  });

  it('that are on the screen in another form are not shown twice', () => {
    const load = vi.fn(() => Promise.resolve());
    const { services, draw } = surroundings(load);
    showSegmentations(services, (series) => series === '1.2.3');
    draw('axial');
    expect(load).not.toHaveBeenCalled();
  });

  it('that cannot be loaded are named to the user', async () => {
    const { services, errors, shown, draw } = surroundings(() =>
      Promise.reject(new Error('frame 3 is missing')),
    );
    showSegmentations(services);
    draw('axial');
    await vi.waitFor(() => expect(errors).toHaveLength(1));
    expect(errors[0]).toContain('frame 3 is missing');
    expect(shown).toEqual([]);
  });
});
