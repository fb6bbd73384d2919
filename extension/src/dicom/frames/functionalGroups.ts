import { items, number, type NaturalDataset } from '../part10/attributes.ts';
import { readPlane, type Plane } from './planes.ts';

/** The functional groups of each frame of a multi-frame image (PS3.3, C.7.6.16): its own, else the shared ones. */
export interface FunctionalGroups {
  readonly frames: number;
  /** First item of a functional group of frame `frame`, counted from 0. */
  group(frame: number, name: string): NaturalDataset | undefined;
  /** Plane of a frame; undefined if it is not given. */
  plane(frame: number): Plane | undefined;
}

export function functionalGroups(dataset: NaturalDataset): FunctionalGroups {
  const shared = items(dataset, 'SharedFunctionalGroupsSequence')[0] ?? {};
  const perFrame = items(dataset, 'PerFrameFunctionalGroupsSequence');
  const group = (frame: number, name: string) =>
    items(perFrame[frame] ?? {}, name)[0] ?? items(shared, name)[0];
  return {
    frames: perFrame.length,
    group,
    plane(frame) {
      const position = group(frame, 'PlanePositionSequence');
      const orientation = group(frame, 'PlaneOrientationSequence');
      const measures = group(frame, 'PixelMeasuresSequence');
      return position && orientation && measures
        ? readPlane(position, orientation, measures)
        : undefined;
    },
  };
}

/** NumberOfFrames, 1 if absent. */
export function frameCount(dataset: NaturalDataset): number {
  return number(dataset, 'NumberOfFrames') ?? 1;
}
