import type { Page } from '@playwright/test';

/** A segment as the viewer holds it, in words that can be compared. */
export interface SegmentDigest {
  readonly label: string;
  readonly voxels: number;
  /** Over all set voxels, slice by slice in patient order. */
  readonly sha256: string;
}

/** A place in the patient, mm. */
export type Point = readonly [number, number, number];

/** What the functions below use of Cornerstone inside the page. */
interface PageImage {
  readonly referencedImageId?: string;
  readonly voxelManager: {
    getScalarData(): Uint8Array;
    setScalarData(data: Uint8Array): void;
  };
}
interface PagePlane {
  readonly imagePositionPatient: number[];
  readonly rowCosines: number[];
  readonly columnCosines: number[];
  readonly rowPixelSpacing: number;
  readonly columnPixelSpacing: number;
  readonly columns: number;
}
interface PageLayer {
  readonly imageIds?: readonly string[];
}
interface PageSegmentation {
  readonly segmentationId: string;
  readonly segments: Record<
    string,
    {
      readonly segmentIndex: number;
      readonly label: string;
      readonly cachedStats?: { readonly namedStats?: unknown };
    }
  >;
  readonly representationData: {
    readonly Labelmap?: PageLayer & {
      readonly labelmaps?: Record<string, PageLayer>;
      readonly segmentBindings?: Record<string, { labelmapId: string; labelValue: number }>;
    };
  };
}
interface PageViewport {
  readonly id: string;
  readonly type: string;
  readonly element: HTMLElement;
  getActors(): { uid: string; actor: { getVisibility(): boolean; isA(name: string): boolean } }[];
  readonly canvas: HTMLCanvasElement;
  render(): void;
  getCamera(): { readonly focalPoint: number[]; readonly viewPlaneNormal: number[] };
  jumpToWorld?(world: number[]): void;
}
interface PageHost {
  readonly '@cornerstonejs/core': {
    readonly cache: { getImage(id: string): PageImage | undefined; getCacheSize(): number };
    readonly metaData: {
      get(type: 'imagePlaneModule', id: string): PagePlane;
    };
    readonly eventTarget: EventTarget;
    getRenderingEngines(): { getViewports(): PageViewport[] }[];
    readonly Enums: { readonly Events: { readonly IMAGE_RENDERED: string } };
  };
  readonly '@cornerstonejs/tools': {
    readonly segmentation: {
      readonly triggerSegmentationEvents: {
        triggerSegmentationDataModified(segmentationId: string): void;
      };
      readonly state: {
        getSegmentations(): PageSegmentation[];
        getSegmentationRepresentations(
          viewportId: string,
          specifier: { readonly segmentationId: string },
        ): { readonly segments: Record<string, { readonly visible: boolean }> }[];
      };
    };
  };
}
declare global {
  var __cranioplastyHost: PageHost;
}

/** Digests of the segments that the viewer has loaded, by label. */
export async function readSegments(
  page: Page,
  labels: readonly string[],
): Promise<SegmentDigest[]> {
  return page.evaluate(async (wanted) => {
    const { cache, metaData } = globalThis.__cranioplastyHost['@cornerstonejs/core'];
    const { segmentation } = globalThis.__cranioplastyHost['@cornerstonejs/tools'];
    const digests: { label: string; voxels: number; sha256: string }[] = [];
    for (const { segments, representationData } of segmentation.state.getSegmentations()) {
      const labelmap = representationData.Labelmap;
      for (const { segmentIndex, label } of Object.values(segments)) {
        if (!labelmap || !wanted.includes(label)) continue;
        const binding = labelmap.segmentBindings?.[segmentIndex];
        const layer = (binding && labelmap.labelmaps?.[binding.labelmapId]) ?? labelmap;
        const value = binding?.labelValue ?? segmentIndex;
        const slices = (layer.imageIds ?? labelmap.imageIds ?? []).map((id) => {
          const image = cache.getImage(id);
          if (!image) throw new Error(`image ${id} is not in the cache`);
          const [, , z] = metaData.get(
            'imagePlaneModule',
            image.referencedImageId ?? id,
          ).imagePositionPatient;
          return { z, data: image.voxelManager.getScalarData() };
        });
        slices.sort((a, b) => a.z - b.z);
        let voxels = 0;
        const set: number[] = [];
        for (const { z, data } of slices) {
          for (let i = 0; i < data.length; i++) {
            if (data[i] !== value) continue;
            set.push(z, i);
            voxels += 1;
          }
        }
        const hash = await crypto.subtle.digest('SHA-256', new Float64Array(set));
        const sha256 = [...new Uint8Array(hash)]
          .map((byte) => byte.toString(16).padStart(2, '0'))
          .join('');
        digests.push({ label, voxels, sha256 });
      }
    }
    return digests.sort((a, b) => a.label.localeCompare(b.label));
  }, labels);
}

/** A voxel of a segment near its middle, in the slice that has most of it. */
export async function centreOf(page: Page, wanted: string): Promise<Point> {
  return page.evaluate((label): [number, number, number] => {
    const { cache, metaData } = globalThis.__cranioplastyHost['@cornerstonejs/core'];
    const { segmentation } = globalThis.__cranioplastyHost['@cornerstonejs/tools'];
    for (const { segments, representationData } of segmentation.state.getSegmentations()) {
      const labelmap = representationData.Labelmap;
      const segment = Object.values(segments).find((item) => item.label === label);
      if (!labelmap || !segment) continue;
      const binding = labelmap.segmentBindings?.[segment.segmentIndex];
      const layer = (binding && labelmap.labelmaps?.[binding.labelmapId]) ?? labelmap;
      const value = binding?.labelValue ?? segment.segmentIndex;
      let best = { id: '', columns: 1, indices: [] as number[] };
      for (const id of layer.imageIds ?? labelmap.imageIds ?? []) {
        const image = cache.getImage(id);
        if (!image) continue;
        const { columns } = metaData.get('imagePlaneModule', image.referencedImageId ?? id);
        const indices: number[] = [];
        const data = image.voxelManager.getScalarData();
        for (let i = 0; i < data.length; i++) if (data[i] === value) indices.push(i);
        if (indices.length > best.indices.length) best = { id, columns, indices };
      }
      if (best.indices.length === 0) continue;
      const points = best.indices.map((i) => ({
        x: i % best.columns,
        y: Math.floor(i / best.columns),
      }));
      const mean = (axis: 'x' | 'y') =>
        points.reduce((sum, point) => sum + point[axis], 0) / points.length;
      const middle = { x: mean('x'), y: mean('y') };
      const distance = (point: { x: number; y: number }) =>
        (point.x - middle.x) ** 2 + (point.y - middle.y) ** 2;
      const nearest = points.reduce((a, b) => (distance(b) < distance(a) ? b : a));
      const plane = metaData.get(
        'imagePlaneModule',
        cache.getImage(best.id)?.referencedImageId ?? best.id,
      );
      return [0, 1, 2].map(
        (axis) =>
          plane.imagePositionPatient[axis] +
          nearest.x * plane.columnPixelSpacing * plane.rowCosines[axis] +
          nearest.y * plane.rowPixelSpacing * plane.columnCosines[axis],
      ) as [number, number, number];
    }
    throw new Error(`no voxels of a segment "${label}" are loaded`);
  }, wanted);
}

/** Moves the planes to a place and waits until each has drawn it. */
export async function showPlace(page: Page, place: Point): Promise<void> {
  await page.evaluate(async (world) => {
    const { getRenderingEngines, Enums } = globalThis.__cranioplastyHost['@cornerstonejs/core'];
    const planes = getRenderingEngines()
      .flatMap((engine) => engine.getViewports())
      .filter((viewport) => viewport.type === 'orthographic');
    await Promise.all(
      planes.map(
        (viewport) =>
          new Promise<void>((done) => {
            viewport.element.addEventListener(Enums.Events.IMAGE_RENDERED, () => done(), {
              once: true,
            });
            viewport.jumpToWorld?.([...world]);
            viewport.render();
          }),
      ),
    );
  }, place);
}

/** How many pixels of each viewport show a colour, whatever its brightness, by viewport id. */
export async function pixelsOfColour(
  page: Page,
  rgb: readonly [number, number, number],
): Promise<Record<string, number>> {
  return page.evaluate((colour) => {
    const { getRenderingEngines } = globalThis.__cranioplastyHost['@cornerstonejs/core'];
    const brightest = Math.max(...colour);
    const wanted = colour.map((channel) => channel / brightest);
    const counts: Record<string, number> = {};
    for (const viewport of getRenderingEngines().flatMap((engine) => engine.getViewports())) {
      const { canvas } = viewport;
      const context = canvas.getContext('2d');
      if (!context) throw new Error(`viewport ${viewport.id} has no 2D canvas`);
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) {
        const most = Math.max(data[i], data[i + 1], data[i + 2]);
        if (most < 50) continue;
        const near = [0, 1, 2].every((c) => Math.abs(data[i + c] / most - wanted[c]) < 0.12);
        if (near) count += 1;
      }
      counts[viewport.id] = count;
    }
    return counts;
  }, rgb);
}

/** Viewports in whose state a segment is switched on. */
export async function viewportsShowing(page: Page, wanted: string): Promise<string[]> {
  return page.evaluate((label) => {
    const { getRenderingEngines } = globalThis.__cranioplastyHost['@cornerstonejs/core'];
    const { state } = globalThis.__cranioplastyHost['@cornerstonejs/tools'].segmentation;
    return getRenderingEngines()
      .flatMap((engine) => engine.getViewports())
      .map(({ id }) => id)
      .filter((id) =>
        state.getSegmentations().some(({ segmentationId, segments }) =>
          Object.values(segments)
            .filter((segment) => segment.label === label)
            .some(({ segmentIndex }) =>
              state
                .getSegmentationRepresentations(id, { segmentationId })
                .some((representation) => representation.segments[segmentIndex]?.visible),
            ),
        ),
      );
  }, wanted);
}

/** Names of the visible surfaces in the 3D viewport. */
export async function visibleSurfaces(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    globalThis.__cranioplastyHost['@cornerstonejs/core']
      .getRenderingEngines()
      .flatMap((engine) => engine.getViewports())
      .filter((viewport) => viewport.type === 'volume3d')
      .flatMap((viewport) => viewport.getActors())
      .filter(({ actor }) => actor.isA('vtkActor') && actor.getVisibility())
      .map(({ uid }) => uid)
      .sort(),
  );
}

/**
 * Adds a ball to a segment as a brush would, around its voxel that lies farthest to the patient's right and front.
 * @param radius mm
 * @returns its centre
 */
export const plantBall = (page: Page, wanted: string, radius: number): Promise<Point> =>
  paintBall(page, wanted, radius, [-1, -1, 0], 'add');

/**
 * Takes a ball out of a segment as an eraser would, around its highest voxel.
 * @param radius mm
 * @returns its centre
 */
export const drillAtTop = (page: Page, wanted: string, radius: number): Promise<Point> =>
  paintBall(page, wanted, radius, [0, 0, 1], 'erase');

/** @param direction the ball's centre is the segment's voxel farthest this way, patient LPS */
async function paintBall(
  page: Page,
  wanted: string,
  radius: number,
  direction: Point,
  how: 'add' | 'erase',
): Promise<Point> {
  return page.evaluate(
    ([label, reach, towards, erase]): [number, number, number] => {
      const { cache, metaData } = globalThis.__cranioplastyHost['@cornerstonejs/core'];
      const { segmentation } = globalThis.__cranioplastyHost['@cornerstonejs/tools'];
      for (const {
        segmentationId,
        segments,
        representationData,
      } of segmentation.state.getSegmentations()) {
        const labelmap = representationData.Labelmap;
        const segment = Object.values(segments).find((item) => item.label === label);
        if (!labelmap || !segment) continue;
        const binding = labelmap.segmentBindings?.[segment.segmentIndex];
        const layer = (binding && labelmap.labelmaps?.[binding.labelmapId]) ?? labelmap;
        const value = binding?.labelValue ?? segment.segmentIndex;
        const slices = (layer.imageIds ?? labelmap.imageIds ?? []).flatMap((id) => {
          const image = cache.getImage(id);
          return image
            ? [{ image, plane: metaData.get('imagePlaneModule', image.referencedImageId ?? id) }]
            : [];
        });
        const placeOf = (plane: PagePlane, i: number) => {
          const [x, y] = [i % plane.columns, Math.floor(i / plane.columns)];
          return [0, 1, 2].map(
            (axis) =>
              plane.imagePositionPatient[axis] +
              x * plane.columnPixelSpacing * plane.rowCosines[axis] +
              y * plane.rowPixelSpacing * plane.columnCosines[axis],
          ) as [number, number, number];
        };
        const along = (place: readonly number[]): number =>
          place.reduce((sum, v, axis) => sum + v * towards[axis], 0);
        let centre: [number, number, number] | undefined;
        for (const { image, plane } of slices)
          image.voxelManager.getScalarData().forEach((v, i) => {
            if (v !== value) return;
            const place = placeOf(plane, i);
            if (!centre || along(place) > along(centre)) centre = place;
          });
        if (!centre) break;
        const middle = centre;
        for (const { image, plane } of slices) {
          if (Math.abs(plane.imagePositionPatient[2] - middle[2]) > reach) continue;
          const data = image.voxelManager.getScalarData();
          for (let i = 0; i < data.length; i++)
            if (Math.hypot(...placeOf(plane, i).map((v, axis) => v - middle[axis])) <= reach)
              data[i] = erase ? (data[i] === value ? 0 : data[i]) : value;
          image.voxelManager.setScalarData(data);
        }
        segmentation.triggerSegmentationEvents.triggerSegmentationDataModified(segmentationId);
        return middle;
      }
      throw new Error(`no segment "${label}" is loaded`);
    },
    [wanted, radius, direction, how === 'erase'] as const,
  );
}

/** Where the planes look, by viewport id: the distance of a place from each plane, mm. */
export async function distanceFromPlanes(page: Page, place: Point): Promise<number[]> {
  return page.evaluate(
    (world) =>
      globalThis.__cranioplastyHost['@cornerstonejs/core']
        .getRenderingEngines()
        .flatMap((engine) => engine.getViewports())
        .filter((viewport) => viewport.type === 'orthographic')
        .map((viewport) => {
          const { focalPoint, viewPlaneNormal } = viewport.getCamera();
          return Math.abs(
            world.reduce((sum, v, axis) => sum + (v - focalPoint[axis]) * viewPlaneNormal[axis], 0),
          );
        }),
    place,
  );
}

/** From where each 3D viewport looks, by viewport id: a direction to two decimals. */
export async function viewDirections(page: Page): Promise<Record<string, readonly number[]>> {
  return page.evaluate(() =>
    Object.fromEntries(
      globalThis.__cranioplastyHost['@cornerstonejs/core']
        .getRenderingEngines()
        .flatMap((engine) => engine.getViewports())
        .filter((viewport) => viewport.type === 'volume3d')
        .map((viewport) => [
          viewport.id,
          viewport.getCamera().viewPlaneNormal.map((v) => Math.round(100 * v) / 100),
        ]),
    ),
  );
}

/** Makes a viewport the active one, as a first click does, and drags the mouse across it. */
export async function dragAcross(page: Page, viewportId: string): Promise<void> {
  const box = await page.evaluate((id) => {
    const viewport = globalThis.__cranioplastyHost['@cornerstonejs/core']
      .getRenderingEngines()
      .flatMap((engine) => engine.getViewports())
      .find((candidate) => candidate.id === id);
    if (!viewport) throw new Error(`there is no viewport ${id}`);
    const { x, y, width, height } = viewport.element.getBoundingClientRect();
    return { x, y, width, height };
  }, viewportId);
  const at = (share: number) => [box.x + share * box.width, box.y + box.height / 2] as const;
  await page.mouse.click(...at(0.4));
  await page.mouse.move(...at(0.4));
  await page.mouse.down();
  await page.mouse.move(...at(0.6), { steps: 5 });
  await page.mouse.up();
}

/** Voxels that the viewer keeps in memory, of CT and segmentations, bytes. */
export function cachedBytes(page: Page): Promise<number> {
  return page.evaluate(() =>
    globalThis.__cranioplastyHost['@cornerstonejs/core'].cache.getCacheSize(),
  );
}

/** Labels of segments of which the viewer itself made statistics, over copies of CT and labelmap. */
export function segmentsWithStockStatistics(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    globalThis.__cranioplastyHost['@cornerstonejs/tools'].segmentation.state
      .getSegmentations()
      .flatMap(({ segments }) => Object.values(segments))
      .filter(({ cachedStats }) => cachedStats?.namedStats !== undefined)
      .map(({ label }) => label),
  );
}

/** From now on counts how often the viewer is told to draw shapes of planes anew because of their looks. */
export async function countChangesOfLooks(page: Page): Promise<() => Promise<number>> {
  const event = 'CORNERSTONE_TOOLS_SEGMENTATION_REPRESENTATION_MODIFIED';
  const counter = await page.evaluateHandle((name) => {
    const counted = { changes: 0 };
    globalThis.__cranioplastyHost['@cornerstonejs/core'].eventTarget.addEventListener(name, () => {
      counted.changes++;
    });
    return counted;
  }, event);
  return () => counter.evaluate(({ changes }) => changes);
}
