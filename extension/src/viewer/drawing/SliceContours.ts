import { Enums, getRenderingEngines, type Types } from '@cornerstonejs/core';
import type { Mesh } from '../../engine/surface/mesh.ts';
import type { ContoursToShow } from '../ViewerPort.ts';

/** Line width, CSS pixels. */
const lineWidth = 3;

/**
 * A coloured surface as the lines in which the planes cut it, drawn on a canvas over each plane
 * whenever the viewer draws the plane itself. It is no segmentation: nothing of the user's is touched.
 */
export class SliceContours {
  private contours: ContoursToShow | undefined;
  /** By viewport element: the viewer may replace either. */
  private readonly canvases = new Map<HTMLDivElement, HTMLCanvasElement>();

  show(contours: ContoursToShow | undefined): void {
    if (contours?.mesh === this.contours?.mesh && contours?.colours === this.contours?.colours)
      return;
    this.contours = contours;
    this.attach();
  }

  /** Follows the viewports that there are now. */
  attach(): void {
    const planes = this.contours ? viewportsOfPlanes() : [];
    const elements = new Set(planes.map(({ element }) => element));
    for (const [element, canvas] of this.canvases) {
      if (elements.has(element)) continue;
      element.removeEventListener(Enums.Events.IMAGE_RENDERED, this.drawAgain);
      canvas.remove();
      this.canvases.delete(element);
    }
    for (const viewport of planes) {
      const { element } = viewport;
      if (!this.canvases.has(element)) {
        this.canvases.set(element, addCanvas(element));
        element.addEventListener(Enums.Events.IMAGE_RENDERED, this.drawAgain);
      }
      this.draw(viewport);
    }
  }

  private readonly drawAgain = (event: Event): void => {
    const viewport = viewportsOfPlanes().find(({ element }) => element === event.currentTarget);
    if (viewport) this.draw(viewport);
  };

  private draw(viewport: Types.IViewport): void {
    const canvas = this.canvases.get(viewport.element);
    const context = canvas?.getContext('2d');
    const { focalPoint, viewPlaneNormal } = viewport.getCamera();
    if (!canvas || !context || !this.contours || !focalPoint || !viewPlaneNormal) return;
    const { clientWidth, clientHeight } = viewport.element;
    const scale = globalThis.devicePixelRatio || 1;
    // Setting the size clears the canvas as well.
    canvas.width = Math.round(clientWidth * scale);
    canvas.height = Math.round(clientHeight * scale);
    context.scale(scale, scale);
    context.lineWidth = lineWidth;
    context.lineCap = 'round';
    const { mesh, colours } = this.contours;
    for (const { vertex, from, to } of cut(mesh, focalPoint, viewPlaneNormal)) {
      const [a, b] = [viewport.worldToCanvas(from), viewport.worldToCanvas(to)];
      const [red, green, blue] = colours.subarray(3 * vertex, 3 * vertex + 3);
      context.strokeStyle = `rgb(${red},${green},${blue})`;
      context.beginPath();
      context.moveTo(a[0], a[1]);
      context.lineTo(b[0], b[1]);
      context.stroke();
    }
  }
}

/** A piece of a contour, patient mm, with a vertex of its triangle. */
interface Piece {
  readonly vertex: number;
  readonly from: Types.Point3;
  readonly to: Types.Point3;
}

/** The lines in which a plane cuts a surface. */
export function cut(
  { positions: p, triangles }: Mesh,
  point: readonly number[],
  normal: readonly number[],
): Piece[] {
  const offset = normal[0] * point[0] + normal[1] * point[1] + normal[2] * point[2];
  const height = new Float32Array(p.length / 3);
  for (let v = 0, q = 0; q < p.length; v++, q += 3)
    height[v] = normal[0] * p[q] + normal[1] * p[q + 1] + normal[2] * p[q + 2] - offset;
  const pieces: Piece[] = [];
  for (let t = 0; t < triangles.length; t += 3) {
    const above = height[triangles[t]] > 0;
    // Most do not meet the plane.
    if (above === height[triangles[t + 1]] > 0 && above === height[triangles[t + 2]] > 0) continue;
    const corners = [triangles[t], triangles[t + 1], triangles[t + 2]];
    const ends: Types.Point3[] = [];
    for (let e = 0; e < 3; e++) {
      const [a, b] = [corners[e], corners[(e + 1) % 3]];
      if (height[a] > 0 === height[b] > 0) continue;
      const share = height[a] / (height[a] - height[b]);
      const at = (axis: number): number =>
        p[3 * a + axis] + share * (p[3 * b + axis] - p[3 * a + axis]);
      ends.push([at(0), at(1), at(2)]);
    }
    pieces.push({ vertex: corners[0], from: ends[0], to: ends[1] });
  }
  return pieces;
}

function addCanvas(element: HTMLDivElement): HTMLCanvasElement {
  const canvas = element.ownerDocument.createElement('canvas');
  canvas.dataset['cy'] = 'cranioplasty-fit-contours';
  Object.assign(canvas.style, {
    position: 'absolute',
    inset: '0',
    width: '100%',
    height: '100%',
    pointerEvents: 'none',
  });
  element.append(canvas);
  return canvas;
}

function viewportsOfPlanes(): Types.IViewport[] {
  return (getRenderingEngines() ?? [])
    .flatMap((engine) => engine.getViewports())
    .filter((viewport) => viewport.type === Enums.ViewportType.ORTHOGRAPHIC);
}
