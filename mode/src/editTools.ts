/**
 * The viewer's own brush, eraser and scissors in the mode's toolbar: buttons, their places, and the tools that the
 * segmentation mode does not set up itself.
 */

const evaluate = (toolNames: readonly string[]) => [
  {
    name: 'evaluate.cornerstone.segmentation',
    toolNames,
    disabledText: 'There is no segmentation to edit yet.',
  },
  {
    name: 'evaluate.cornerstone.hasSegmentationOfType',
    segmentationRepresentationType: 'Labelmap',
  },
];

/** A button that takes a tool of the planes in hand. */
function button(id: string, toolName: string, icon: string, label: string, tooltip: string) {
  return {
    id,
    uiType: 'ohif.toolButton',
    props: {
      icon,
      label,
      tooltip,
      // In 3D there is nothing to paint on, and its hand on the camera stays.
      commands: {
        commandName: 'setToolActiveToolbar',
        commandOptions: { toolName, toolGroupIds: ['default', 'mpr'] },
      },
      evaluate: evaluate([toolName]),
    },
  };
}

const scissorsId = 'CranioplastyScissors';
const size = 'its size is changed with [ and ]';

/** What cuts: the viewer's scissors fill, but can as well erase. */
const cutters = { rectangle: 'RectangleCutter', circle: 'CircleCutter' } as const;

const scissors = [
  button(
    'CranioplastyCutRectangle',
    cutters.rectangle,
    'icon-tool-shape',
    'Cut rectangle',
    'Scissors: take a rectangle away, on the slice',
  ),
  button(
    'CranioplastyCutCircle',
    cutters.circle,
    'icon-tool-shape',
    'Cut circle',
    'Scissors: take a circle away, on the slice',
  ),
  button(
    'CranioplastyFillRectangle',
    'RectangleScissor',
    'icon-tool-shape',
    'Fill rectangle',
    'Scissors: fill a rectangle, on the slice',
  ),
  button(
    'CranioplastyFillCircle',
    'CircleScissor',
    'icon-tool-shape',
    'Fill circle',
    'Scissors: fill a circle, on the slice',
  ),
  button(
    'CranioplastyFillSphere',
    'SphereScissor',
    'icon-tool-shape',
    'Fill sphere',
    'Scissors: fill a sphere',
  ),
];

const brushes = [
  button('CranioplastyBrush', 'SphereBrush', 'icon-tool-brush', 'Brush', `Brush, a ball: ${size}`),
  button(
    'CranioplastyEraser',
    'SphereEraser',
    'icon-tool-eraser',
    'Eraser',
    `Eraser, a ball: ${size}`,
  ),
];

export const editButtons: readonly object[] = [
  ...brushes,
  { id: scissorsId, uiType: 'ohif.toolButtonList', props: { buttonSection: true } },
  ...scissors,
];

/** The segmentation mode's toolbar, with what edits behind what moves the images. */
export const editSections = {
  primary: [
    'WindowLevel',
    'Pan',
    'Zoom',
    'TrackballRotate',
    ...brushes.map(({ id }) => id),
    scissorsId,
    'Capture',
    'Layout',
    'Crosshairs',
    'MoreTools',
  ],
  [scissorsId]: scissors.map(({ id }) => id),
} as const;

const cutting = {
  passive: [
    { toolName: cutters.rectangle, parentTool: 'RectangleScissor' },
    { toolName: cutters.circle, parentTool: 'CircleScissor' },
  ].map((tool) => ({ ...tool, configuration: { activeStrategy: 'ERASE_INSIDE' } })),
};

/** Tools to add, by tool group. */
export const editTools = { default: [cutting], mpr: [cutting] } as const;

/** Radius with which the brush begins, mm: the viewer's own is wider than many a patch. */
export const firstRadius = 5;
