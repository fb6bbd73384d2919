import { speakerOf } from './sentence.ts';

/** What an implant is made of. */
export const materialNames = {
  'material.PEEK': 'PEEK',
  'material.PMMA': 'PMMA',
  'material.titanium': 'titanium',
  'material.hydroxyapatite': 'hydroxyapatite',
  'material.custom': 'custom',
} as const;

/** What the parameters of an implant are called and do, in English, and the words that stand in a number's place. */
export const parameterTexts = {
  'parameter.material.label': 'Material',
  'parameter.material.help': 'Sets the density, and with it the mass.',
  'parameter.thickness.label': 'Thickness',
  'parameter.thickness.help':
    'From the outer surface inward; "bone" makes it as thick as the patch.',
  'parameter.clearance.label': 'Clearance',
  'parameter.clearance.help': 'Free space between implant and bone along the border.',
  'parameter.temporalClearance.label': 'Clearance, caudal temporal edge',
  'parameter.temporalClearance.help':
    'The same at the lower edge in the temple, where the muscle passes.',
  'parameter.axis.label': 'Insertion axis',
  'parameter.axis.help':
    'Direction out of the defect along which the implant is lowered in; automatic takes the one with the least undercut.',
  'parameter.outerOffset.label': 'Outer offset',
  'parameter.outerOffset.help':
    'Outer surface above (positive) or below that of the patch; below eases the closure of the skin.',
  'parameter.keepOffDura.label': 'Never deeper than the patch',
  'parameter.keepOffDura.help':
    'Ends at the inner surface of the patch even where that is nearer than the thickness.',
  'parameter.edgeRadius.label': 'Edge radius',
  'parameter.edgeRadius.help': 'Radius of the rounded edges.',
  'parameter.edgeTaper.label': 'Edge taper',
  'parameter.edgeTaper.help': 'How far the outer half of the side wall leans away from bone.',
  'parameter.perfusionHoles.label': 'Perfusion holes',
  'parameter.perfusionHoles.help': 'Holes through the implant in a regular pattern.',
  'parameter.perfusionDiameter.label': 'Perfusion hole diameter',
  'parameter.perfusionDiameter.help': 'Width of each hole.',
  'parameter.perfusionPitch.label': 'Perfusion hole pitch',
  'parameter.perfusionPitch.help': 'Distance from the middle of one hole to that of the next.',
  'parameter.perfusionEdge.label': 'Perfusion holes to the edge',
  'parameter.perfusionEdge.help': 'Nearest that the middle of a hole comes to the edge.',
  'parameter.sutureHoles.label': 'Suture holes',
  'parameter.sutureHoles.help': 'Number of holes for sutures, evenly along the edge.',
  'parameter.sutureDiameter.label': 'Suture hole diameter',
  'parameter.sutureDiameter.help': 'Width of each suture hole.',
  'parameter.sutureEdge.label': 'Suture holes to the edge',
  'parameter.sutureEdge.help': 'Distance of the middle of each suture hole from the edge.',
  'parameter.pieces.label': 'Pieces',
  'parameter.pieces.help': 'Two pieces are put in one after the other; worth it beyond 150 mm.',
  'parameter.kerf.label': 'Kerf',
  'parameter.kerf.help': 'Width of the cut between two pieces.',
  'parameter.density.label': 'Density',
  'parameter.density.help': 'Of a custom material; others have their own.',
  'parameter.leastWall.label': "Printer's thinnest wall",
  'parameter.leastWall.help': 'Nothing thinner than this is printed reliably.',
  'parameter.bedWidth.label': "Printer's bed, width",
  'parameter.bedWidth.help': 'First side of its space.',
  'parameter.bedDepth.label': "Printer's bed, depth",
  'parameter.bedDepth.help': 'Second side of its space.',
  'parameter.bedHeight.label': "Printer's bed, height",
  'parameter.bedHeight.help': 'Height of its space.',

  'parameter.word.bone': 'bone',
  'parameter.word.automatic': 'automatic',
} as const;

export const sayMaterial = speakerOf(materialNames);
export const sayParameter = speakerOf(parameterTexts);
