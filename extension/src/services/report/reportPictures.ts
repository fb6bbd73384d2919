import type { Vec3 } from '../../engine/space/grid.ts';
import { patientToIndex } from '../../engine/space/grid.ts';
import type { Mask } from '../../engine/space/volume.ts';
import { middleVertex, type Mesh } from '../../engine/surface/mesh.ts';
import { nextTask } from '../../nextTask.ts';
import { resultShapes, shapeStyles, type ResultShape } from '../../state/shapes.ts';
import type { StudyResult, StudyState } from '../../state/studyState.ts';
import type { Picture, ViewerPort } from '../../viewer/ViewerPort.ts';
import { drawPlane } from '../../pictures/drawPlane.ts';
import type { PictureToDraw } from '../../pictures/drawPictures.ts';
import { unit, type SurfaceToDraw } from '../../pictures/drawSurfaces.ts';
import type { Draftsman } from '../Draftsman.ts';
import { fitSurface } from '../surfaces.ts';

/** Pixels of a picture from a side, and the width of one along a plane. */
const size = { width: 720, height: 560, plane: 560 } as const;

/**
 * The pictures of a report, made for it: whatever is on the screen, each shape is to be seen from the side of
 * the defect, and both along the three planes through its middle.
 */
export async function reportPictures(
  result: StudyResult,
  masks: Readonly<Record<ResultShape, Mask>>,
  { fit, overlay }: Pick<StudyState, 'fit' | 'overlay'>,
  viewer: Pick<ViewerPort, 'readPlanes' | 'encodePicture'>,
  draftsman: Pick<Draftsman, 'draw'>,
): Promise<Picture[]> {
  const { reconstruction, shapes, series } = result;
  const { skullMesh } = reconstruction;
  const middle = middleVertex(
    shapes.patch.mesh.positions.length > 0 ? shapes.patch.mesh : skullMesh,
  );
  const centre = meanOf(skullMesh);
  const towards = unit([middle[0] - centre[0], middle[1] - centre[1], middle[2] - centre[2]]);
  const skull: SurfaceToDraw = { mesh: skullMesh, rgb: shapeStyles.skull.rgb };
  const fromSide = (surface: SurfaceToDraw): PictureToDraw => ({
    surfaces: [skull, surface],
    towards,
    width: size.width,
    height: size.height,
  });
  const seen = resultShapes
    .filter((shape) => shapes[shape].mesh.triangles.length > 0)
    .map((shape): [name: string, picture: PictureToDraw] => {
      const { label, rgb } = shapeStyles[shape];
      return [label, fromSide({ mesh: shapes[shape].mesh, rgb })];
    });
  if (fit) seen.push(['Fit of the patch', fromSide(fitSurface(fit, overlay))]);
  const rasters = await draftsman.draw(seen.map(([, picture]) => picture));
  const sides: Picture[] = [];
  for (const [n, [name]] of seen.entries()) {
    sides.push({
      name: `${name}, from the side of the defect`,
      dataUrl: viewer.encodePicture(rasters[n]),
    });
    await nextTask();
  }

  const { grid } = series;
  const at = patientToIndex(grid, middle).map((index, axis) =>
    Math.min(grid.size[axis] - 1, Math.max(0, Math.round(index))),
  ) as [number, number, number];
  const drawn = resultShapes.map((shape) => ({
    mask: masks[shape],
    rgb: shapeStyles[shape].rgb,
    filled: shape === 'patch',
  }));
  const planes: Picture[] = [];
  for (const [axis, hu] of (await viewer.readPlanes(series, at)).entries()) {
    const plane = drawPlane(hu, grid, { axis, at: at[axis] }, drawn, size.plane);
    planes.push({
      name: `Patch and implant, ${plane.name} through the middle of the patch`,
      dataUrl: viewer.encodePicture(plane),
    });
    await nextTask();
  }
  return [...sides, ...planes.reverse()];
}

function meanOf({ positions }: Mesh): Vec3 {
  const sum: [number, number, number] = [0, 0, 0];
  for (let p = 0; p < positions.length; p += 3)
    for (let axis = 0; axis < 3; axis++) sum[axis] += positions[p + axis];
  const count = Math.max(1, positions.length / 3);
  return [sum[0] / count, sum[1] / count, sum[2] / count];
}
