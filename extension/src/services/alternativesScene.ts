import { quantile } from '../engine/space/quantile.ts';
import { smoothOver } from '../engine/surface/perVertex.ts';
import type { ComputedAlternative } from '../state/alternatives.ts';
import { shapeStyles } from '../state/shapes.ts';
import type { StudyState } from '../state/studyState.ts';
import { alternativeColours, divergingColoursOf } from '../viewer/drawing/colourScale.ts';
import { joinOutlines } from '../viewer/drawing/joinOutlines.ts';
import type { ContoursToShow, Scene, SurfaceToShow } from '../viewer/ViewerPort.ts';
import { say } from '../words/say.ts';

type Alternatives = readonly ComputedAlternative[];

/** Where the colours may end, mm. */
const ranges = [0.5, 1, 2, 3];
/** Rounds of smoothing that take the steps of voxels out of the colours. */
const smoothing = 20;
/** Share of the surface that the colours tell apart. */
const toldApart = 0.95;

/** The same arrays for the same shapes: a surface is drawn anew when its colours are another array. */
const colours = new WeakMap<ComputedAlternative, Uint8Array>();
const outlines = new WeakMap<Alternatives, ContoursToShow>();
const rangesOfColours = new WeakMap<Alternatives, number>();

/** Distance from the expected shape from which on the colour no longer changes, mm: the same for all. */
export function rangeOf(alternatives: Alternatives): number {
  let range = rangesOfColours.get(alternatives);
  if (range === undefined) {
    const wanted = Math.max(...alternatives.map(highDistance));
    range = ranges.find((end) => end >= wanted) ?? ranges[ranges.length - 1];
    rangesOfColours.set(alternatives, range);
  }
  return range;
}

/** Distance from the expected shape that little of a shape exceeds, mm. */
function highDistance({ difference }: ComputedAlternative): number {
  if (!difference) return 0;
  const { mesh, beyond } = difference.shape;
  const distances = Float64Array.from(smoothOver(mesh, beyond, smoothing), Math.abs)
    .filter(Number.isFinite)
    .sort();
  return distances.length > 0 ? quantile(distances, toldApart) : 0;
}

/**
 * All that is drawn of three shapes side by side: each with the skull in a 3D viewport of its own, coloured by where it
 * stands out of the expected one, with what it is above it, and the outlines of all on the planes.
 */
export function alternativesScene(
  alternatives: Alternatives,
  { skull }: StudyState['appearance'],
): Scene {
  const [{ reconstruction }] = alternatives;
  const range = rangeOf(alternatives);
  let contours = outlines.get(alternatives);
  if (!contours) {
    contours = joinOutlines(
      alternatives.map((one) => ({
        mesh: one.reconstruction.patch.mesh,
        rgb: alternativeColours[one.alternative],
      })),
    );
    outlines.set(alternatives, contours);
  }
  return {
    surfaces: [
      {
        id: 'skull',
        mesh: reconstruction.skullMesh,
        rgb: shapeStyles.skull.rgb,
        appearance: skull,
      },
      ...alternatives.map((one) => surfaceOf(one, range)),
    ],
    contours,
    notes: Object.fromEntries(alternatives.map((one) => [one.alternative, noteOf(one)])),
  };
}

function surfaceOf(one: ComputedAlternative, range: number): SurfaceToShow {
  const { alternative, difference, reconstruction } = one;
  const common = {
    id: alternative,
    appearance: { visible: true, opacity: 1 },
    side: alternative,
  } as const;
  if (!difference) {
    return { ...common, mesh: reconstruction.patch.mesh, rgb: shapeStyles.patch.rgb };
  }
  let held = colours.get(one);
  if (!held) {
    held = divergingColoursOf(
      smoothOver(difference.shape.mesh, difference.shape.beyond, smoothing),
      range,
    );
    colours.set(one, held);
  }
  return { ...common, mesh: difference.shape.mesh, rgb: [255, 255, 255], colours: held };
}

/** "Fuller · 31.2 ml" and, on a line of its own, how far from the expected one. */
function noteOf({ alternative, difference, reconstruction }: ComputedAlternative): string {
  const name = say(`alternatives.name.${alternative}`);
  const volume = reconstruction.patch.measurements.volume.toFixed(1);
  if (!difference) return say('alternatives.note', { name, volume });
  const distance = difference.meanDistance.toFixed(1);
  return `${say('alternatives.note', { name, volume })}\n${say('alternatives.noteApart', { distance })}`;
}
