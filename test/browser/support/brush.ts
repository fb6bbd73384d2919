import type { Page } from '@playwright/test';
import type { Point } from './cornerstone.ts';

/** What the functions below use of Cornerstone's tools inside the page. */
interface PageTools {
  readonly ToolGroupManager: {
    getToolGroup(id: string):
      | {
          setToolActive(name: string, options: { bindings: { mouseButton: number }[] }): void;
          setToolPassive(name: string): void;
          getActivePrimaryMouseButtonTool(): string | undefined;
        }
      | undefined;
  };
  readonly utilities: {
    readonly segmentation: { setBrushSizeForToolGroup(toolGroupId: string, size: number): void };
  };
  readonly segmentation: {
    readonly activeSegmentation: {
      getActiveSegmentation(
        viewportId: string,
      ): { readonly segments: Record<string, { readonly label: string }> } | undefined;
      setActiveSegmentation(viewportId: string, segmentationId: string): void;
    };
    readonly state: {
      getSegmentations(): {
        readonly segmentationId: string;
        readonly segments: Record<string, { readonly label: string }>;
      }[];
    };
  };
}
interface PageViewport {
  readonly id: string;
  readonly type: string;
  readonly element: HTMLElement;
  worldToCanvas(world: number[]): [number, number];
}

/** Takes the ball-shaped brush in hand, of a radius in mm. */
export async function takeBrush(page: Page, radius: number): Promise<void> {
  await page.evaluate((size) => {
    const tools = globalThis.__cranioplastyHost['@cornerstonejs/tools'] as unknown as PageTools;
    const group = tools.ToolGroupManager.getToolGroup('mpr');
    const inHand = group?.getActivePrimaryMouseButtonTool();
    if (inHand) group?.setToolPassive(inHand);
    group?.setToolActive('SphereBrush', { bindings: [{ mouseButton: 1 }] });
    tools.utilities.segmentation.setBrushSizeForToolGroup('mpr', size);
  }, radius);
}

/** Where a place lies on the page, in one of the planes. */
async function onPage(page: Page, viewportId: string, place: Point): Promise<[number, number]> {
  return page.evaluate(
    ([id, world]): [number, number] => {
      const viewport = globalThis.__cranioplastyHost['@cornerstonejs/core']
        .getRenderingEngines()
        .flatMap((engine) => engine.getViewports())
        .find((candidate) => candidate.id === id) as unknown as PageViewport | undefined;
      if (!viewport) throw new Error(`there is no viewport ${id}`);
      const box = viewport.element.getBoundingClientRect();
      const at = viewport.worldToCanvas([...world]);
      return [box.x + at[0], box.y + at[1]];
    },
    [viewportId, place] as const,
  );
}

/** Draws what is in hand from one corner to the other of a square around a place, pixels to each side. */
export async function drag(
  page: Page,
  viewportId: string,
  place: Point,
  reach: number,
): Promise<void> {
  const [x, y] = await onPage(page, viewportId, place);
  // The first only makes the viewport the active one, unless it is.
  for (let time = 0; time < 2; time++) {
    await page.mouse.move(x - reach, y - reach);
    await page.mouse.down();
    await page.mouse.move(x + reach, y + reach, { steps: 5 });
    await page.mouse.up();
  }
}

/** Short strokes of what is in hand at a place, in one of the planes. */
export async function stroke(page: Page, viewportId: string, place: Point): Promise<void> {
  const [x, y] = await onPage(page, viewportId, place);
  // The first only makes the viewport the active one, unless it is.
  for (let time = 0; time < 2; time++) {
    await page.mouse.move(x - 3, y);
    await page.mouse.down();
    await page.mouse.move(x + 3, y, { steps: 3 });
    await page.mouse.up();
  }
}

/** The label of the segmentation that is active in each plane. */
export async function activeInPlanes(page: Page): Promise<Record<string, string | undefined>> {
  return page.evaluate(() => {
    const tools = globalThis.__cranioplastyHost['@cornerstonejs/tools'] as unknown as PageTools;
    return Object.fromEntries(
      globalThis.__cranioplastyHost['@cornerstonejs/core']
        .getRenderingEngines()
        .flatMap((engine) => engine.getViewports())
        .filter((viewport) => viewport.type === 'orthographic')
        .map(({ id }) => {
          const active = tools.segmentation.activeSegmentation.getActiveSegmentation(id);
          return [id, Object.values(active?.segments ?? {})[0]?.label];
        }),
    );
  });
}

/** Makes a segmentation the active one in one viewport, as a click in the viewer's own panel does. */
export async function activateIn(page: Page, viewportId: string, wanted: string): Promise<void> {
  await page.evaluate(
    ([id, label]) => {
      const { segmentation } = globalThis.__cranioplastyHost[
        '@cornerstonejs/tools'
      ] as unknown as PageTools;
      const found = segmentation.state
        .getSegmentations()
        .find(({ segments }) => Object.values(segments).some((segment) => segment.label === label));
      if (!found) throw new Error(`no segment "${label}" is loaded`);
      segmentation.activeSegmentation.setActiveSegmentation(id, found.segmentationId);
    },
    [viewportId, wanted] as const,
  );
}
