import { speakerOf, type Said } from '../engine/words/sentence.ts';

/** Why panel, viewer, worker or PACS refuse to go on, in English, by name: what is wrong and what the user can do. */
export const viewerErrors = {
  'error.no-patch': 'There is no patch to design an implant for: reconstruct first.',
  'error.no-kernel':
    'The program that cuts solids could not be loaded: reload the page, and have the installation checked if it persists.',
  'error.not-isolated': 'the page is not cross-origin isolated',
  'error.single-thread': 'the machine offers a single thread',
  'error.gpu-lost':
    'The GPU was lost during the computation: close other programs that use it and try again.',
  'error.network-not-loaded':
    'The computation could not load the {{network}} network: reload the page and try again, or use another computer.',
  'error.network-not-run':
    'The computation could not run the {{network}} network: reload the page and try again, or use another computer.',
  'error.no-providers':
    'No way to run the networks is configured: ask your administrator to check the settings.',
  'error.stopped': 'Cancelled. Nothing was changed: you can start again.',
  'error.left': 'The cranioplasty mode was left: open it again.',
  'error.busy': 'A computation is already running: wait for it or cancel it first.',
  'error.no-provider':
    '{{provider}} could not be used ({{reason}}): use a current Chrome, Edge or Firefox.',
  'error.crashed':
    'The computation stopped unexpectedly, most likely for lack of memory: close other tabs and try again.',
  'error.no-worker':
    'The computation program could not be loaded: reload the page, and have the installation checked if it persists.',
  'error.no-webgpu': 'this browser does not offer WebGPU',
  'error.no-gpu': 'the browser found no GPU that it can use',
  'error.emulated-gpu': 'the only GPU is emulated in software ({{gpu}})',
  'error.gpu-unopened': 'the GPU ({{gpu}}) could not be opened',
  'error.unexpected-in-worker':
    'The computation failed unexpectedly: try again, and reload the page if it persists.',
  'error.unexpected':
    'Something went wrong that should not have: try again, and reload the page if it persists.',
  'error.ct-closed': 'The CT is no longer open: open its study again.',
  'error.other-modality': 'This study holds {{modality}}, not CT: open a study with a head CT.',
  'error.no-ct-in-study': 'There is no CT in this study: open a study with a head CT.',
  'error.ct-not-loaded':
    'The images of the CT could not be loaded completely: check the connection to the PACS and open the study again.',
  'error.cannot-store':
    'This data source cannot store objects: download the SEG and import it into the PACS.',
  'error.cannot-return':
    'This data source cannot return whole objects: use a DICOMweb data source.',
  'error.pacs-silent':
    'The PACS did not answer, the {{object}} was not saved: check the connection and save again, or download it.',
  'error.pacs-refused':
    'The PACS refused the {{object}} (HTTP {{status}}), it was not saved: ask its administrator, or download it.',
  'error.not-returned': 'The PACS did not return the object: check the connection and try again.',
  'error.not-returned-status':
    'The PACS did not return the object (HTTP {{status}}): check the connection and try again.',
  'error.other-slices':
    'The segmentation does not lie on the slices of this CT: choose one that was made on it.',
  'error.segment-gone': 'The chosen segment is no longer there: choose another skull segment.',
  'error.not-remeasured':
    'The edited shape could not be measured again, so its figures and surface are not true: change it once more, or save it and open the study again.',
  'error.shape-gone': 'A shape to compare is no longer there: choose another one.',
  'error.no-skull': 'There is no skull segment yet: segment bone from the CT first.',
  'error.not-edited':
    'The skull was not edited since it was reconstructed: there is nothing to update.',
  'error.result-gone':
    'That result is no longer in the study: load the page again to see what the PACS holds.',
  'error.skull-edited':
    'The skull was edited since it was reconstructed: update the result first, so that all shapes are of the same skull.',
  'error.shape-not-computed': 'This shape was not computed yet: show all three side by side first.',
  'error.no-3d':
    'There is no 3D view to take the insertion axis from: go back to the layout with one.',
  'error.implant-edited':
    'The implant was edited by hand, and another one would take its place: take the edits back first.',
  'error.prediction-not-stored':
    'The predicted implant was not stored beside the designed one: reconstruct again to have it.',
  'error.nothing-left-out': 'No piece was left out: there is none to bring back.',
  'error.no-result': 'There is no result yet: reconstruct first.',
  'error.other-series':
    'The result was made on another series of this study ("{{series}}"): choose that CT series above and open it again.',
  'error.no-patch-stored':
    'The segmentation holds no skull patch: choose another result, or reconstruct.',
  'error.stored-patch-empty':
    'The skull patch of this result is empty: choose another result, or reconstruct.',
  'error.report-of-another':
    'A stored report names this segmentation but measures another one: it is not used.',
  'error.stl-of-another':
    'A stored STL belongs to another segmentation or frame of reference: it is not used.',
  'error.not-its-skull':
    '"{{segment}}" has bone where the patch is ({{share}} % of it), so it is not the skull of this result: choose the segment of the defective skull and open the result again.',
  'error.not-verified':
    'The PACS took the {{object}} but it is not certain that it holds it. {{difference}} Save again, or download it to be safe.',
  'error.unreadable': 'What came back cannot be read.',
  'error.not-read-back': 'It could not be read back.',
  'error.skull-not-in-study':
    'The skull of this result ("{{segment}}") is not in the study: choose the segment of the defective skull and open the result again.',
  'error.skull-nowhere':
    'The skull of this result ("{{segment}}") is not in the study: segment bone from the CT, or load the segmentation of the defective skull, and open the result again.',
  'error.which-skull':
    'The result does not say which skull it was made from: choose the segment of the defective skull and open the result again.',
  'error.which-skull-none':
    'The result does not say which skull it was made from: segment bone from the CT, or load the segmentation of the defective skull, and open the result again.',
  'error.partly-saved':
    'Stored and read back: the {{stored}}. {{reasons}} Save again to try only what is left.',
  'error.list': '{{first}}, the {{next}}',
  'error.row': '{{first}} {{next}}',
} as const;

export const why = speakerOf(viewerErrors);

/** Several things as one: the names in a list, or sentences in a row. */
export function together(how: 'error.list' | 'error.row', all: readonly [Said, ...Said[]]): Said {
  return all.reduce((first, next) => why(how, { first, next }));
}
