import type { LayoutTemplate } from './ohifMode.ts';

const STACK_HANDLER = '@ohif/extension-default.sopClassHandlerModule.stack';
/** STL and report of a stored result, which the panel opens. */
const RESULTS_HANDLER = '@cranioplasty/extension.sopClassHandlerModule.cranioplasty-results';
const SEG_HANDLER = '@ohif/extension-cornerstone-dicom-seg.sopClassHandlerModule.dicom-seg';

/** Which kinds of object the mode displays. The SEG handler comes first because it is the more special one. */
export const sopClassHandlers = [SEG_HANDLER, STACK_HANDLER, RESULTS_HANDLER];

/** Studies browser on the left, cranioplasty and the stock segmentation panel on the right. */
export function layoutTemplate(): LayoutTemplate {
  return {
    id: '@ohif/extension-default.layoutTemplateModule.viewerLayout',
    props: {
      leftPanels: ['@ohif/extension-default.panelModule.seriesList'],
      leftPanelResizable: true,
      rightPanels: [
        '@cranioplasty/extension.panelModule.cranioplasty',
        '@ohif/extension-cornerstone.panelModule.panelSegmentationWithToolsLabelMap',
      ],
      rightPanelClosed: false,
      rightPanelResizable: true,
      viewports: [
        {
          namespace: '@ohif/extension-cornerstone.viewportModule.cornerstone',
          displaySetsToDisplay: [STACK_HANDLER],
        },
        {
          namespace: '@ohif/extension-cornerstone-dicom-seg.viewportModule.dicom-seg',
          displaySetsToDisplay: [SEG_HANDLER],
        },
      ],
    },
  };
}
