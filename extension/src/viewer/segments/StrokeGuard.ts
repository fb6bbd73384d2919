import {
  BrushTool,
  CircleScissorsTool,
  ClickSegmentTool,
  LabelMapEditWithContourTool,
  RectangleScissorsTool,
  SphereScissorsTool,
  ToolGroupManager,
} from '@cornerstonejs/tools';

/** Tools that change voxels. */
const editors = [
  BrushTool,
  CircleScissorsTool,
  ClickSegmentTool,
  LabelMapEditWithContourTool,
  RectangleScissorsTool,
  SphereScissorsTool,
];

/**
 * Keeps strokes from viewports where they would change what is hidden: scissors and eraser do not ask whether there is
 * a segment to change, and scissors that find none never let go of the mouse.
 */
export class StrokeGuard {
  private readonly isKept: (viewportId: string) => boolean;

  /** @param isKept whether what a stroke in a viewport would change is hidden */
  constructor(isKept: (viewportId: string) => boolean) {
    this.isKept = isKept;
  }

  enter(): void {
    // Before the viewport itself hears of it.
    for (const event of ['mousedown', 'touchstart'])
      document.addEventListener(event, this.stop, { capture: true });
  }

  leave(): void {
    for (const event of ['mousedown', 'touchstart'])
      document.removeEventListener(event, this.stop, { capture: true });
  }

  private readonly stop = (event: Event): void => {
    // Other buttons move the images.
    if (event instanceof MouseEvent && event.button !== 0) return;
    const element = (event.target as Element | null)?.closest?.('[data-viewport-uid]');
    const viewportId = element?.getAttribute('data-viewport-uid');
    if (!element || !viewportId || !this.isKept(viewportId)) return;
    if (isEditorInHand(viewportId, element.getAttribute('data-rendering-engine-uid') ?? ''))
      event.stopImmediatePropagation();
  };
}

function isEditorInHand(viewportId: string, renderingEngineId: string): boolean {
  const group = ToolGroupManager.getToolGroupForViewport(viewportId, renderingEngineId);
  const name = group?.getActivePrimaryMouseButtonTool();
  const tool: unknown = name === undefined ? undefined : group?.getToolInstance(name);
  return editors.some((editor) => tool instanceof editor);
}
