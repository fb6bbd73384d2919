import { speakerOf } from './sentence.ts';

/** Why the engine refuses to go on, in English, by name: what is wrong and what the user can do. */
export const engineErrors = {
  'error.no-skull-at':
    'No skull was found at {{threshold}} HU: lower the threshold, or check that the series is a head CT.',
  'error.threshold':
    'The threshold of bone must be a number from {{least}} to {{most}} HU: 200 to 300 is usual in an adult.',
  'error.no-alternative':
    'A fuller or flatter shape needs a model with a shape prior: choose another model or method, or the expected shape.',
  'error.no-defect':
    'No defect was found in this skull: check that the chosen segment is the defective skull and that the defect lies in the vault.',
  'error.alignment':
    'The skull could not be aligned to the mean skull: check that the segment is a whole adult cranial vault in its right orientation.',
  'error.segment-empty': 'The chosen segment is empty: choose the segment that holds the skull.',
  'error.vault-cut':
    'The vault is cut off at the edge of the volume: choose a series or a segmentation that holds the whole vault.',
  'error.no-difference':
    'Mirroring found no defect in this skull: check that the chosen segment is the defective skull.',
  'error.cancelled': 'The reconstruction was cancelled.',
  'error.rehearse-empty': 'The patch is empty: there is nothing to rehearse.',
  'error.rehearse-opposite':
    'The opposite side of this skull is missing too: there is no bone to rehearse on.',
  'error.leave-out':
    'Only one of several pieces of a patch can be left out: choose one of those listed.',
  'error.shape-empty': 'One of the two shapes is empty: choose two that have voxels.',
  'error.judge-empty': 'The patch is empty: there is nothing to judge.',
  'error.reference-empty': 'The reference segment is empty: choose another reference.',
  'error.reference-elsewhere':
    'The reference segment holds none of the missing bone around the patch: choose a patch or an intact skull.',
  'error.opposite-missing':
    'The opposite side of this skull is missing too: choose a segment to judge the patch by.',
  'error.shapes-apart':
    'The shapes to compare lie on different grids: resample them to one grid first.',
  'error.grid':
    'The volume has no regular, orthogonal voxel grid: choose a series with a complete and untilted geometry.',
  'error.no-shape-prior':
    'The model {{model}} has no shape prior: choose another model, or its networks.',
  'error.manifest':
    'The model manifest does not describe a usable cascade: install the model again.',
  'error.wrong-values':
    'The {{provider}} device computes wrong values (off by {{worst}}): use another device or update its driver.',
  'error.no-origins':
    'The model {{model}} does not say with which atlas and mean bone it was made, as models of this version do: install a newer version of it, or complete its manifest (models/training/README.md).',
  'error.mean-bone-elsewhere':
    'The mean bone of the model {{model}} lies in another folder than its atlas: install the model again.',
  'error.file-elsewhere':
    'The model {{model}} names the file {{file}}, which is neither in its own folder nor in one beside it: install it again.',
  'error.no-output':
    'The {{network}} network gave no output "{{shape}}" of {{window}}³ voxels: install the model again.',
  'error.mean-bone':
    'The mean bone that the model was made with is not that of its atlas: install the model again.',
  'error.atlas': 'The mean-skull atlas is damaged: install it again.',
  'error.shape-prior': 'The shape prior of this model is damaged: install the model again.',
  'error.patch-grid':
    'Skull and patch lie on different voxel grids: give a patch that was made on this skull.',
  'error.patch-in-pieces':
    'The patch has {{count}} separate pieces ({{volumes}} ml): choose one, each has its own implant.',
  'error.no-piece': 'The patch has no piece {{piece}}: choose one from 1 to {{count}}.',
  'error.patch-detached':
    'The patch touches no bone, so nothing says where an implant would sit: edit the patch until it reaches the rim of the defect.',
  'error.axis-inward':
    'The insertion axis points into the head: turn it round, it is the way out of the defect.',
  'error.axis-along':
    'The insertion axis runs along the skull: choose one nearer to the normal of the defect.',
  'error.nothing-left':
    'With a clearance of {{clearance}} mm nothing of the implant is left: choose a smaller clearance or a smaller offset.',
  'error.other-implant':
    'Skull, patch and parameters give another implant than the stored one: change a parameter to design it anew.',
  'error.too-small': 'The implant is too small for two pieces: choose one.',
  'error.apart':
    'Clearance and way in leave {{parts}} parts of this patch: choose a smaller clearance, or mend the patch where it is thin or ragged.',
  'error.thickness':
    "A thickness of {{thickness}} mm is below the printer's thinnest wall of {{wall}} mm: choose a thicker implant or another printer.",
  'error.perfusion-walls':
    "Perfusion holes leave walls of {{between}} mm, below the printer's thinnest of {{wall}} mm: choose a larger pitch or a smaller diameter.",
  'error.suture-rim':
    "Suture holes leave {{rim}} mm to the edge, below the printer's thinnest wall of {{wall}} mm: move them farther from the edge.",
  'error.file-missing':
    'The model file {{file}} could not be loaded: check the installation and the connection, then try again.',
  'error.file-tampered':
    'The model file {{file}} does not match the hash in its manifest and will not be run: install the model again.',
  'error.empty-skull': 'The skull is empty: give one that holds voxels.',
  'error.empty-patch': 'The patch is empty: give one that holds voxels.',
  'error.cut-by-holes':
    'The holes would take the implant apart into {{parts}} parts: choose fewer or smaller holes.',
  'error.cut-by-holes-in-two':
    'The holes would take the implant apart into {{parts}} parts: choose fewer or smaller holes or one piece.',
  'error.cut-in-two':
    'The cut would take the implant apart into {{parts}} parts: choose fewer or smaller holes or one piece.',
  'error.parameter.axis':
    '{{label}} is no direction: give three numbers that are not all 0, or "{{word}}".',
  'error.parameter.range': '{{label}} cannot be {{value}}: choose {{range}}.',
  'error.parameter.range-or-word':
    '{{label}} cannot be {{value}}: choose {{range}}, or "{{word}}".',
  'error.parameter.whole': '{{label}} cannot be {{value}}: choose a whole number from {{range}}.',
  'error.stl': 'The STL is cut short or not binary: export it again as binary STL.',
  'error.voxels':
    'The volume holds {{found}} voxels where its grid of {{size}} needs {{needed}}: the data is damaged.',
  'error.range': '{{least}} to {{most}}',
  'error.about': '{{name}}: {{what}}',
} as const;

export const why = speakerOf(engineErrors);
