import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Services } from '../../../extension/src/types/ohif.ts';
import { BrushSegment } from '../../../extension/src/viewer/segments/BrushSegment.ts';

interface Shown {
  readonly segmentationId: string;
  readonly type: 'Labelmap';
  active: boolean;
  visible: boolean;
  readonly segments: Record<number, { visible: boolean }>;
}

/** What Cornerstone holds: for each viewport what it shows, and which segment of each segmentation is active. */
const { shown, segmentations, setIndex } = vi.hoisted(() => ({
  /** The segment that was made the active one last. */
  setIndex: [] as (string | number)[],
  shown: {} as Record<string, Shown[]>,
  segmentations: {} as Record<
    string,
    { segments: Record<number, { segmentIndex: 1; active: boolean }> }
  >,
}));
const activate = (viewportId: string, id: string): void =>
  shown[viewportId].forEach((one) => (one.active = one.segmentationId === id));

vi.mock('@cornerstonejs/core', () => ({ Enums: { ViewportType: { ORTHOGRAPHIC: 'plane' } } }));
vi.mock('@cornerstonejs/tools', () => ({
  segmentation: {
    state: {
      getSegmentation: (id: string) => segmentations[id],
      getSegmentationRepresentations: (viewportId: string) => shown[viewportId] ?? [],
    },
    activeSegmentation: {
      setActiveSegmentation: (viewportId: string, id: string) => activate(viewportId, id),
    },
    segmentIndex: {
      setActiveSegmentIndex: (id: string, index: number) => {
        setIndex.splice(0, 2, id, index);
        segmentations[id].segments[index].active = true;
      },
    },
  },
}));

/** Adds a segmentation to viewports, as Cornerstone does: what is added last is the active one. */
function add(id: string, ...viewportIds: string[]): void {
  segmentations[id] ??= { segments: { 1: { segmentIndex: 1, active: true } } };
  for (const viewportId of viewportIds) {
    (shown[viewportId] ??= []).push({
      segmentationId: id,
      type: 'Labelmap',
      active: true,
      visible: true,
      segments: { 1: { visible: true } },
    });
    activate(viewportId, id);
  }
}

const planes = ['axial', 'coronal'];
const services = {
  viewportGridService: {
    getState: () => ({ viewports: new Map(Object.keys(shown).map((id) => [id, {}])) }),
  },
  cornerstoneViewportService: {
    getCornerstoneViewport: (id: string) => ({ type: id === '3d' ? 'volume' : 'plane' }),
  },
} as unknown as Services;
const active = () =>
  Object.fromEntries(
    Object.entries(shown).map(([id, list]) => [id, list.find((one) => one.active)?.segmentationId]),
  );
const paintable = (id: string) => segmentations[id].segments[1].active;

let automatic: string[];
let brush: BrushSegment;
beforeEach(() => {
  for (const id of Object.keys(shown)) delete shown[id];
  for (const id of Object.keys(segmentations)) delete segmentations[id];
  automatic = ['patch', 'implant', 'stored'];
  brush = new BrushSegment(services, (id) => automatic.includes(id));
  add('patch', ...planes);
  add('implant', ...planes);
  brush.choose('patch', 1);
});

describe('what the brush changes', () => {
  it('is the chosen one in every plane, also in those that come', () => {
    expect(active()).toEqual({ axial: 'patch', coronal: 'patch' });
    add('patch', 'sagittal');
    add('implant', 'sagittal');
    brush.follow();
    expect(active()).toMatchObject({ sagittal: 'patch' });
  });

  it('follows the choice that the user makes in one plane', () => {
    activate('coronal', 'implant');
    brush.follow();
    expect(active()).toEqual({ axial: 'implant', coronal: 'implant' });
    expect(brush.target()).toEqual({ segmentationId: 'implant', hidden: false });
  });

  it('does not follow what is added or takes the place of what went', () => {
    add('stored', ...planes);
    brush.follow();
    expect(active()).toEqual({ axial: 'patch', coronal: 'patch' });
    for (const plane of planes) {
      shown[plane] = shown[plane].filter(({ segmentationId }) => segmentationId !== 'patch');
      shown[plane][0].active = true;
    }
    brush.follow();
    expect(brush.target()?.segmentationId).toBe('patch');
  });

  it('is a segmentation that the user only just made', () => {
    add('mine', 'axial');
    brush.follow();
    expect(brush.target()?.segmentationId).toBe('mine');
    // Shown elsewhere later on, it is nothing new.
    brush.choose('patch', 1);
    add('mine', 'coronal');
    brush.follow();
    expect(active()).toEqual({ axial: 'patch', coronal: 'patch' });
  });

  it('is nothing while the chosen one is hidden in any plane', () => {
    shown['axial'][0].segments[1].visible = false;
    brush.follow();
    expect(paintable('patch')).toBe(false);
    expect(brush.target()).toEqual({ segmentationId: 'patch', hidden: true });
    expect(planes.map((plane) => brush.isResting(plane))).toEqual([true, true]);
    shown['axial'][0].segments[1].visible = true;
    shown['coronal'][0].visible = false;
    brush.follow();
    expect(paintable('patch')).toBe(false);
    shown['coronal'][0].visible = true;
    brush.follow();
    expect(paintable('patch')).toBe(true);
    expect(brush.target()).toEqual({ segmentationId: 'patch', hidden: false });
    expect([...planes, '3d'].map((plane) => brush.isResting(plane))).toEqual([false, false, false]);
  });

  it('is one segment of several', () => {
    add('bones', ...planes);
    const { segments } = segmentations['bones'];
    segments[2] = { segmentIndex: 1, active: false };
    brush.choose('bones', 2);
    expect(setIndex).toEqual(['bones', 2]);
    expect(active()).toEqual({ axial: 'bones', coronal: 'bones' });
  });

  it('is nothing yet before anything was chosen', () => {
    const fresh = new BrushSegment(services, () => true);
    fresh.follow();
    expect(fresh.target()).toBeUndefined();
    brush.leave();
    expect(brush.target()).toBeUndefined();
  });
});
