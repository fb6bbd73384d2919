import i18n from '@ohif/i18n';

/**
 * The viewer's own brush, eraser and scissors in the mode's toolbar: buttons, their places, and the tools that the
 * segmentation mode does not set up itself.
 */

/** A text of the extension's catalogue, in the viewer's language. */
const say = (name: string): string => i18n.t(`toolbar.${name}`, { ns: 'Cranioplasty' });

const evaluate = (toolNames: readonly string[]) => [
  {
    name: 'evaluate.cornerstone.segmentation',
    toolNames,
    disabledText: say('nothingToEdit'),
  },
  {
    name: 'evaluate.cornerstone.hasSegmentationOfType',
    segmentationRepresentationType: 'Labelmap',
  },
];

interface EditTool {
  readonly id: string;
  readonly toolName: string;
  readonly icon: string;
  /** Of its label in the catalogue; that of its tooltip ends in `.help`. */
  readonly name: string;
}

/** A button that takes a tool of the planes in hand. */
function button({ id, toolName, icon, name }: EditTool) {
  return {
    id,
    uiType: 'ohif.toolButton',
    props: {
      icon,
      label: say(name),
      tooltip: say(`${name}.help`),
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

/** What cuts: the viewer's scissors fill, but can as well erase. */
const cutters = { rectangle: 'RectangleCutter', circle: 'CircleCutter' } as const;

const scissor = (id: string, toolName: string, name: string): EditTool => ({
  id,
  toolName,
  icon: 'icon-tool-shape',
  name,
});

const scissors = [
  scissor('CranioplastyCutRectangle', cutters.rectangle, 'cutRectangle'),
  scissor('CranioplastyCutCircle', cutters.circle, 'cutCircle'),
  scissor('CranioplastyFillRectangle', 'RectangleScissor', 'fillRectangle'),
  scissor('CranioplastyFillCircle', 'CircleScissor', 'fillCircle'),
  scissor('CranioplastyFillSphere', 'SphereScissor', 'fillSphere'),
];

const brushes: readonly EditTool[] = [
  { id: 'CranioplastyBrush', toolName: 'SphereBrush', icon: 'icon-tool-brush', name: 'brush' },
  { id: 'CranioplastyEraser', toolName: 'SphereEraser', icon: 'icon-tool-eraser', name: 'eraser' },
];

/** The buttons, with words of the language that the viewer has now. */
export const editButtons = (): readonly object[] => [
  ...brushes.map(button),
  { id: scissorsId, uiType: 'ohif.toolButtonList', props: { buttonSection: true } },
  ...scissors.map(button),
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
