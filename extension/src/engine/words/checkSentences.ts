import type { Said, Sentence } from './sentence.ts';
import { speakerOf } from './sentence.ts';

/** What the checks of an implant say, in English, by name. */
export const checkSentences = {
  'checked.manifold': 'Watertight and manifold, one body.',
  'checked.manifold.bodies': 'Watertight and manifold, {{bodies}} bodies.',
  'checked.manifold.faults':
    '{{faults}} faults of the surface, {{bodies}} bodies: design it again with other parameters.',
  'checked.overlap': 'Does not overlap bone; the nearest is {{nearest}} mm away.',
  'checked.overlap.reaches': 'Reaches {{depth}} mm into bone: choose a larger clearance.',
  'checked.insertion':
    'Moves out along the axis without meeting bone; the nearest is {{nearest}} mm away.',
  'checked.insertion.meets':
    'Meets bone by {{depth}} mm on its way along the axis: choose another axis.',
  'checked.gap':
    'The gap along the border is {{mean}} mm on the mean, {{p95}} mm at its 95th percentile ({{rim}} mm next to the outer surface) and {{most}} mm at its widest.',
  'checked.gap.wide':
    'The gap along the border is {{mean}} mm on the mean, {{p95}} mm at its 95th percentile ({{rim}} mm next to the outer surface) and {{most}} mm at its widest, wider than the clearance asks.',
  'checked.gap.held':
    'Along {{share}} % of the border up to {{most}} mm of it is what the way in along the axis asks for.',
  'checked.gap.none': 'No bone lies along the border: look at where the implant would be fixed.',
  'checked.thickness':
    '{{p5}} to {{p95}} mm thick (5th to 95th percentile), {{least}} mm at its thinnest.',
  'checked.thickness.thin':
    "{{p5}} to {{p95}} mm thick (5th to 95th percentile), {{least}} mm at its thinnest: thinner than the printer's {{wall}} mm.",
  'checked.thickness.short':
    '{{p5}} to {{p95}} mm thick (5th to 95th percentile), {{least}} mm at its thinnest: the patch is thinner than the {{asked}} mm asked for in places.',
  'checked.hole-wall': '{{holes}} holes leave walls of {{least}} mm and more.',
  'checked.hole-wall.thin':
    "{{holes}} holes leave walls of {{least}} mm and more, below the printer's {{wall}} mm.",
  'checked.size': '{{length}} mm long.',
  'checked.size.large': '{{length}} mm long: beyond {{most}} mm two pieces are easier to put in.',
  'checked.size.unmade': '{{length}} mm long, where {{least}} to {{most}} mm are made.',
  'checked.bed': "Fits the printer's bed of {{bed}} mm.",
  'checked.bed.small':
    "Does not fit the printer's bed of {{bed}} mm: choose two pieces or another printer.",
  'checked.mass': '{{mass}} g of {{material}}, {{volume}} ml.',
  'checked.mass.custom': '{{mass}} g of its material, {{volume}} ml.',
  'checked.overhang': 'Nothing lies over the outer table of the bone.',
  'checked.overhang.out': 'Stands {{height}} mm out over bone.',
  'checked.depth': 'Nowhere deeper than the inner surface of the patch.',
  'checked.depth.deep':
    'Reaches {{depth}} mm deeper than the inner surface of the patch, toward the dura.',
  'checked.depth.thickened':
    'A patch too thin for an implant was first thickened inward by {{volume}} ml.',
  'checked.undercut': 'Undercut removal took {{volume}} ml.',
  'checked.undercut.much':
    'Undercut removal took {{volume}} ml: look whether another axis takes less.',
} as const;

export const sayOfCheck = speakerOf(checkSentences);

/** Several sentences as one message. */
export function inARow(...said: readonly (Said | undefined)[]): {
  readonly message: string;
  readonly sentences: readonly Sentence[];
} {
  const all = said.filter((one) => one !== undefined);
  return {
    message: all.map(({ message }) => message).join(' '),
    sentences: all.flatMap(({ sentence }) => sentence ?? []),
  };
}
