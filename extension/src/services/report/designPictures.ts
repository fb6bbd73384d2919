import type { Vec3 } from '../../engine/space/grid.ts';
import { nextTask } from '../../nextTask.ts';
import { implantMaps } from '../../state/implantChoices.ts';
import { shapeStyles } from '../../state/shapes.ts';
import { shownDesign, type StudyResult } from '../../state/studyState.ts';
import type { Picture, ViewerPort } from '../../viewer/ViewerPort.ts';
import { colouredImplant } from '../implantColours.ts';
import type { PictureToDraw } from '../../pictures/drawPictures.ts';
import {
  pixelsPerMillimetre,
  screenAxes,
  type SurfaceToDraw,
} from '../../pictures/drawSurfaces.ts';
import type { Raster } from '../../pictures/raster.ts';
import type { Draftsman } from '../Draftsman.ts';

/** A picture of a designed implant, and where its scale of colours ends, mm, if it has one. */
export interface DesignPicture extends Picture {
  readonly most?: number;
}

/** A picture that is still to be drawn; one with a span gets a bar. */
interface Planned {
  readonly name: string;
  readonly picture: PictureToDraw;
  readonly most?: number;
}

const [width, height] = [480, 360];
/** Length of the bar that tells the size, mm; its thickness and distance from the edge, pixels. */
export const barLength = 10;
const bar = { thickness: 4, inset: 12 } as const;

/**
 * The pictures of the designer's page: the implant from six sides in one scale, in its place, and coloured by its
 * maps. None of a predicted implant.
 */
export async function designPictures(
  result: StudyResult,
  viewer: Pick<ViewerPort, 'encodePicture'>,
  draftsman: Pick<Draftsman, 'draw'>,
): Promise<DesignPicture[]> {
  const design = shownDesign(result);
  const { implant } = result.shapes;
  if (!design || implant.mesh.triangles.length === 0) return [];
  const { axis } = design.implant;
  const rgb = shapeStyles.implant.rgb;
  const span = implant.measurements.extent;
  const alone = (towards: Vec3, surface: SurfaceToDraw): PictureToDraw => ({
    surfaces: [surface],
    towards,
    width,
    height,
    span,
  });
  const surface = { mesh: implant.mesh, rgb };
  const sides = sidesOf(axis).map(([name, towards]): Planned => ({
    name,
    picture: alone(towards, surface),
  }));
  const skull = { mesh: result.reconstruction.skullMesh, rgb: shapeStyles.skull.rgb };
  const inPlace: Planned = {
    name: 'In its place, along the insertion axis',
    picture: { surfaces: [skull, surface], towards: axis, width, height },
  };
  // After an edit by hand they are those of another surface.
  const mapped = implant === design.shape ? implantMaps : [];
  const maps = mapped.flatMap((map): Planned[] => {
    const coloured = colouredImplant(design.implant, map);
    if (!coloured) return [];
    const { colours, most } = coloured;
    return [{ name: mapNames[map], picture: alone(axis, { ...surface, colours }), most }];
  });
  const planned = [...sides, inPlace, ...maps];
  const rasters = await draftsman.draw(planned.map(({ picture }) => picture));
  const pictures: DesignPicture[] = [];
  for (const [n, { name, picture, most }] of planned.entries()) {
    if (picture.span !== undefined)
      drawBar(rasters[n], barLength * pixelsPerMillimetre(span, width, height));
    const dataUrl = viewer.encodePicture(rasters[n]);
    pictures.push(most === undefined ? { name, dataUrl } : { name, dataUrl, most });
    await nextTask();
  }
  return pictures;
}

const mapNames = {
  thickness: 'Thickness, from outside',
  gap: 'Gap to bone, from outside',
} as const;

/** Along the insertion axis, and from the four sides across it, with what each is called. */
function sidesOf([x, y, z]: Vec3): [name: string, towards: Vec3][] {
  const [right, up] = screenAxes([x, y, z]);
  const back = (v: Vec3): Vec3 => [-v[0], -v[1], -v[2]];
  const beside: [string, string] =
    Math.abs(right[0]) > Math.abs(right[1])
      ? right[0] > 0
        ? ['left', 'right']
        : ['right', 'left']
      : right[1] > 0
        ? ['posterior', 'anterior']
        : ['anterior', 'posterior'];
  // Of an implant at the vertex the face is up.
  const above: [string, string] = up[2] > 0.5 ? ['cranial', 'caudal'] : ['anterior', 'posterior'];
  return [
    ['From outside, along the insertion axis', [x, y, z]],
    ['From inside', back([x, y, z])],
    [`From its ${above[0]} side`, up],
    [`From its ${above[1]} side`, back(up)],
    [`From its ${beside[0]} side`, right],
    [`From its ${beside[1]} side`, back(right)],
  ];
}

/** A white bar at the lower left. */
function drawBar({ width: w, height: h, data }: Raster, length: number): void {
  const bottom = h - bar.inset;
  for (let y = bottom - bar.thickness; y < bottom; y++)
    for (let x = bar.inset; x < Math.min(w, bar.inset + length); x++)
      data.fill(255, 4 * (x + w * y), 4 * (x + w * y) + 3);
}
