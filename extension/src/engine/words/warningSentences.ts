import { speakerOf } from './sentence.ts';

/**
 * What the warnings say, in English, by name; `{{…}}` is put in. Who shows them in another language translates them by
 * the name and puts in the same values.
 */
export const warningSentences = {
  'poor-alignment':
    'The skull fits the mean skull only to {{residual}} mm: check the result against the opposite side.',
  'turned-head':
    'This head lies turned by {{degrees}}° against what its file says of left, front and top: its sides may be wrong. Whether it is mirrored as well cannot be told from a skull: check a side marker before you use the result.',
  'unusual-skull':
    'The shape of this skull lies outside those that the model was trained on: check the result with care.',
  'low-confidence':
    'The network and the shape prior do not agree about this patch (overlap {{overlap}} %, in places {{apart}} mm apart): show where they differ in 3D, and look there before you use it.',
  'skull-ends':
    'The skull ends in a plane above its base, where the scan or the segmentation was cut: the patch ends there too.',
  'vault-cut':
    'The edge of the volume cuts off a small part of the vault: check the patch there, or choose a volume that holds the whole vault.',
  'patch-cut':
    'The patch is cut off by the edge of the volume: give the skull in a volume with more room around it.',
  'region-ends':
    'The defect reaches the edge of the region that the model sees, below the skull base plane: the patch ends there.',
  'several-defects':
    'The patch consists of {{count}} separate pieces: check that each is a defect, and leave out what is none.',
  'piece-left-out': 'A piece of {{volume}} ml was left out of the patch by the user.',
  'small-openings':
    'The skull has {{pieces}} small openings low in the skull ({{volume}} ml of bone) that the patch leaves open: there thin bone is easily lost by a scan.',
  'not-closed':
    'About {{area}} cm² of the vault stay open: look for holes before you use the patch.',
  mirrored:
    'This result is the mirrored opposite side, not a prediction of the network: asymmetry of the head shows as steps at the border.',
  continued:
    'This result is what the shape prior makes of this skull, without a network to say where bone is missing: look at its edges, and for pieces that are no defect.',
  'poor-rehearsal':
    'Rehearsed on the intact side of this skull, the result overlaps the known bone only to {{overlap}} % (Dice): expect no better of this patch, and look at it closely before you use it.',
  'no-provider':
    '{{provider}} could not be used ({{reason}}); the computation went on with {{next}}.',
  'gpu-lost':
    '{{provider}} could not be used (the GPU was lost during the computation); the computation went on with {{next}}.',
  'wrong-numbers':
    '{{provider}} could not be used (it did not compute correctly); the computation went on with {{next}}.',
} as const;

export type SentenceName = keyof typeof warningSentences;

/** Stored results know the names as they are. */
export const sayOfWarning = speakerOf(warningSentences);
