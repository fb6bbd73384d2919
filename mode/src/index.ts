import { editButtons, editSections, editTools, firstRadius } from './editTools.ts';
import { id } from './id.ts';
import { layoutTemplate, sopClassHandlers } from './layout.ts';
import type { ModeDefinition, ModeFactoryOptions, ModeInstance } from './ohifMode.ts';
import { isValidMode } from './validity.ts';

const extensionDependencies = {
  '@ohif/extension-default': '^3.0.0',
  '@ohif/extension-cornerstone': '^3.0.0',
  '@ohif/extension-cornerstone-dicom-seg': '^3.0.0',
  '@cranioplasty/extension': '^0.1.0',
};

function instanceOf(mode: ModeDefinition | undefined, name: string): ModeInstance {
  if (!mode?.modeInstance) {
    throw new Error(
      `The viewer does not contain ${name}, from which the Cranioplasty mode derives.`,
    );
  }
  return mode.modeInstance;
}

/** What a mode gives as one or as a list. */
const listOf = (given: unknown): unknown[] =>
  given === undefined ? [] : Array.isArray(given) ? given : [given];

/**
 * Derives the mode from two stock ones at run time: tools and toolbar of the segmentation mode, with its brush, eraser
 * and scissors at hand; entering and leaving of the basic mode (the segmentation mode would switch away from our panel
 * when a segment appears).
 */
async function modeFactory({ loadModules }: ModeFactoryOptions): Promise<ModeInstance> {
  const [basicMode, segmentationMode] = await loadModules([
    '@ohif/mode-basic',
    '@ohif/mode-segmentation',
  ]);
  const basic = instanceOf(basicMode, '@ohif/mode-basic');
  const segmentation = instanceOf(segmentationMode, '@ohif/mode-segmentation');
  return {
    ...segmentation,
    id,
    routeName: 'cranioplasty',
    displayName: 'Cranioplasty',
    hide: false,
    modeCustomizations: 'cranioplastyModeCustomizations',
    activatePanelTriggers: [],
    // Read when the mode is entered: by then the extension has brought its words, and the language is known.
    get toolbarButtons() {
      return [...listOf(segmentation.toolbarButtons), ...editButtons()];
    },
    toolbarSections: [...listOf(segmentation.toolbarSections), editSections],
    toolGroupAdditions: [...listOf(segmentation.toolGroupAdditions), editTools],
    onModeEnter(context) {
      basic.onModeEnter.call(this, context);
      context.commandsManager?.runCommand('setBrushSize', { value: firstRadius });
    },
    onModeExit: basic.onModeExit,
    isValidMode,
    routes: [{ path: 'cranioplasty', layoutTemplate }],
    extensions: extensionDependencies,
    hangingProtocol: 'cranioplasty',
    sopClassHandlers,
  };
}

const mode = {
  id,
  modeFactory,
  extensionDependencies,
  customizations: { cranioplastyModeCustomizations: {} },
};

export default mode;
