import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StrokeGuard } from '../../../extension/src/viewer/segments/StrokeGuard.ts';

/** Tools of Cornerstone by their classes, and the one in hand. */
const { tools, hand } = vi.hoisted(() => {
  class BrushTool {}
  class CircleScissorsTool {}
  class ClickSegmentTool {}
  class LabelMapEditWithContourTool {}
  class RectangleScissorsTool {}
  class SphereScissorsTool {}
  return {
    tools: {
      BrushTool,
      CircleScissorsTool,
      ClickSegmentTool,
      LabelMapEditWithContourTool,
      RectangleScissorsTool,
      SphereScissorsTool,
    },
    hand: { tool: undefined as object | undefined },
  };
});
vi.mock('@cornerstonejs/tools', () => ({
  ...tools,
  ToolGroupManager: {
    getToolGroupForViewport: (viewportId: string, engine: string) =>
      viewportId === 'axial' && engine === 'engine'
        ? {
            getActivePrimaryMouseButtonTool: () => hand.tool && 'tool',
            getToolInstance: () => hand.tool,
          }
        : undefined,
  },
}));

class Press extends Event {
  readonly button: number;
  constructor(type: string, button = 0) {
    super(type, { cancelable: true });
    this.button = button;
  }
}

describe('a stroke', () => {
  let kept: string[];
  let heard: number;
  let guard: StrokeGuard;

  beforeEach(() => {
    const attributes: Record<string, string> = {
      'data-viewport-uid': 'axial',
      'data-rendering-engine-uid': 'engine',
    };
    const viewport = { getAttribute: (name: string) => attributes[name] };
    const page = Object.assign(new EventTarget(), { closest: () => viewport });
    vi.stubGlobal('document', page);
    vi.stubGlobal('MouseEvent', Press);
    kept = ['axial'];
    heard = 0;
    hand.tool = new tools.RectangleScissorsTool();
    guard = new StrokeGuard((viewportId) => kept.includes(viewportId));
    guard.enter();
    // As the viewport does, later.
    for (const event of ['mousedown', 'touchstart'])
      page.addEventListener(event, () => (heard += 1));
  });
  afterEach(() => {
    guard.leave();
    vi.unstubAllGlobals();
  });
  const press = (type = 'mousedown', button = 0): number => {
    document.dispatchEvent(new Press(type, button));
    return heard;
  };

  it('is kept from what is hidden, by mouse and by touch, whatever edits', () => {
    expect(press()).toBe(0);
    vi.stubGlobal('MouseEvent', class extends Press {});
    expect(press('touchstart')).toBe(0);
    hand.tool = new tools.BrushTool();
    expect(press()).toBe(0);
  });

  it('is let through where what it changes is shown', () => {
    kept = [];
    expect(press()).toBe(1);
  });

  it('is let through of what only moves the images', () => {
    expect(press('mousedown', 2)).toBe(1);
    hand.tool = {};
    expect(press()).toBe(2);
    hand.tool = undefined;
    expect(press()).toBe(3);
  });

  it('is let through once the mode is left', () => {
    guard.leave();
    expect(press()).toBe(1);
  });
});
