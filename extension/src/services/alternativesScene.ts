import type { ComputedAlternative } from '../state/alternatives.ts';
import { shapeStyles } from '../state/shapes.ts';
import type { StudyState } from '../state/studyState.ts';
import { alternativeColours, divergingColoursOf } from '../viewer/drawing/colourScale.ts';
import { joinOutlines } from '../viewer/drawing/joinOutlines.ts';
import type { ContoursToShow, Scene, SurfaceToShow } from '../viewer/ViewerPort.ts';
import { say } from '../words/say.ts';
import { farthestShown } from './surfaces.ts';

type Alternatives = readonly ComputedAlternative[];

/** The same arrays for the same shapes: a surface is drawn anew when its colours are another array. */
const colours = new WeakMap<ComputedAlternative, Uint8Array>();
const outlines = new WeakMap<Alternatives, ContoursToShow>();

/**
 * All that is drawn of three shapes side by side: each with the skull in a 3D viewport of its own, coloured by where it
 * stands out of the expected one, with what it is above it, and the outlines of all on the planes.
 */
export function alternativesScene(
  alternatives: Alternatives,
  { skull }: StudyState['appearance'],
): Scene {
  const [{ reconstruction }] = alternatives;
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
      ...alternatives.map(surfaceOf),
    ],
    contours,
    notes: Object.fromEntries(alternatives.map((one) => [one.alternative, noteOf(one)])),
  };
}

function surfaceOf(one: ComputedAlternative): SurfaceToShow {
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
    held = divergingColoursOf(difference.shape.beyond, farthestShown);
    colours.set(one, held);
  }
  return { ...common, mesh: difference.shape.mesh, rgb: [255, 255, 255], colours: held };
}

/** "Fuller · 31.2 ml · 0.8 mm from the expected". */
function noteOf({ alternative, difference, reconstruction }: ComputedAlternative): string {
  const name = say(`alternatives.name.${alternative}`);
  const volume = reconstruction.patch.measurements.volume.toFixed(1);
  if (!difference) return say('alternatives.note', { name, volume });
  return say('alternatives.noteApart', {
    name,
    volume,
    distance: difference.meanDistance.toFixed(1),
  });
}
