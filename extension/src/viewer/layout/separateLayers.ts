import { Enums, segmentation as csSegmentation } from '@cornerstonejs/tools';

interface LabelImage {
  readonly imageId: string;
  readonly voxelManager?: { getScalarData(): ArrayLike<number> };
}

/** What the viewer's SEG handler leaves in a display set that it has loaded. */
export interface LoadedSegmentation {
  readonly displaySetInstanceUID: string;
  /** Stacks of images, one for each set of segments that do not overlap. */
  readonly labelMapImages?: readonly (readonly LabelImage[])[];
  readonly overlappingSegments?: boolean;
  readonly referencedImageIds?: readonly string[];
  readonly segMetadata?: {
    readonly data: readonly ({ readonly rgba?: readonly number[] } | undefined)[];
  };
}

/** A segmentation to show, with the colours of segments that the viewer does not know yet. */
export interface Layer {
  readonly segmentationId: string;
  readonly colours: ReadonlyMap<number, readonly number[]>;
}

const SEPARATOR = '|layer ';

/** The display set that a segmentation was loaded from, be it the first layer or another. */
export function displaySetOfLayer(segmentationId: string): string {
  return segmentationId.split(SEPARATOR)[0];
}

function valuesIn(images: readonly LabelImage[]): Set<number> {
  const values = new Set<number>();
  for (const image of images) {
    const data = image.voxelManager?.getScalarData() ?? [];
    let last = 0;
    for (let i = 0; i < data.length; i++) {
      if (data[i] === last) continue;
      last = data[i];
      values.add(last);
    }
  }
  values.delete(0);
  return values;
}

/**
 * Takes a loaded SEG with overlapping segments apart, into one segmentation a layer. The viewer puts all layers
 * into one labelmap, where the later of two overlapping segments hides the other.
 *
 * The first layer keeps the id of the display set, under which the viewer looks for it.
 */
export function separateLayers(loaded: LoadedSegmentation): Layer[] {
  const id = loaded.displaySetInstanceUID;
  const layers = loaded.labelMapImages ?? [];
  const flattened = csSegmentation.state.getSegmentation(id);
  if (!loaded.overlappingSegments || layers.length < 2 || !flattened) {
    return [{ segmentationId: id, colours: new Map() }];
  }
  const { label, segments } = flattened;
  csSegmentation.state.removeSegmentation(id);
  return layers.map((images, index) => {
    const segmentationId = index === 0 ? id : `${id}${SEPARATOR}${index}`;
    const values = valuesIn(images);
    csSegmentation.addSegmentations([
      {
        segmentationId,
        representation: {
          type: Enums.SegmentationRepresentations.Labelmap,
          data: {
            imageIds: images.map(({ imageId }) => imageId),
            referencedImageIds: [...(loaded.referencedImageIds ?? [])],
          },
        },
        config: {
          label,
          segments: Object.fromEntries(
            Object.entries(segments).filter(([number]) => values.has(Number(number))),
          ),
        },
      },
    ]);
    const colours = new Map<number, readonly number[]>();
    for (const value of values) {
      const rgba = loaded.segMetadata?.data[value]?.rgba;
      if (rgba) colours.set(value, rgba);
    }
    return { segmentationId, colours };
  });
}
