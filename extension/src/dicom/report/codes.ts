import { code } from '../part10/codedConcept.ts';
import { product } from '../product.ts';

/** Concepts of the templates 1500, 1411, 300, 1002 and 4019 (PS3.16). */
export const codes = {
  report: code('126000', 'DCM', 'Imaging Measurement Report'),
  language: code('121049', 'DCM', 'Language of Content Item and Descendants'),
  english: code('en', 'RFC5646', 'English'),
  procedure: code('121058', 'DCM', 'Procedure reported'),
  /** CID 100 has none of the head without contrast or perfusion. */
  ct: code('25045-6', 'LN', 'CT unspecified body region'),
  observerType: code('121005', 'DCM', 'Observer Type'),
  device: code('121007', 'DCM', 'Device'),
  deviceUid: code('121012', 'DCM', 'Device Observer UID'),
  deviceName: code('121013', 'DCM', 'Device Observer Name'),
  deviceManufacturer: code('121014', 'DCM', 'Device Observer Manufacturer'),
  deviceModel: code('121015', 'DCM', 'Device Observer Model Name'),
  deviceSerial: code('121016', 'DCM', 'Device Observer Serial Number'),
  measurements: code('126010', 'DCM', 'Imaging Measurements'),
  group: code('125007', 'DCM', 'Measurement Group'),
  trackingId: code('112039', 'DCM', 'Tracking Identifier'),
  trackingUid: code('112040', 'DCM', 'Tracking Unique Identifier'),
  category: code('276214006', 'SCT', 'Finding category'),
  finding: code('121071', 'DCM', 'Finding'),
  findingSite: code('363698007', 'SCT', 'Finding Site'),
  segment: code('121191', 'DCM', 'Referenced Segment'),
  sourceSeries: code('121232', 'DCM', 'Source series for segmentation'),
  algorithmFamily: code('111000', 'DCM', 'Algorithm Family'),
  algorithmName: code('111001', 'DCM', 'Algorithm Name'),
  algorithmVersion: code('111003', 'DCM', 'Algorithm Version'),
  algorithmParameters: code('111002', 'DCM', 'Algorithm Parameters'),
  derivation: code('121401', 'DCM', 'Derivation'),
  comment: code('121106', 'DCM', 'Comment'),
} as const;

/** How a value was derived from many (CID 7464, and percentiles). */
export const derivations = {
  mean: code('373098007', 'SCT', 'Mean'),
  median: code('373099004', 'SCT', 'Median'),
  minimum: code('255605001', 'SCT', 'Minimum'),
  maximum: code('56851009', 'SCT', 'Maximum'),
  p5: code('371888009', 'SCT', '5th Percentile Value of population'),
  p95: code('371889001', 'SCT', '95th Percentile Value of population'),
} as const;

export const units = {
  mm: code('mm', 'UCUM', 'mm'),
  cm2: code('cm2', 'UCUM', 'square centimeter'),
  cm3: code('cm3', 'UCUM', 'cubic centimeter'),
  g: code('g', 'UCUM', 'gram'),
  degree: code('deg', 'UCUM', 'degree'),
  curvatureSquared: code('/mm4', 'UCUM', '/mm4'),
  ratio: code('{ratio}', 'UCUM', 'ratio'),
  none: code('1', 'UCUM', 'no units'),
} as const;

/** This project's own concepts, where no public list has one. */
export const ownScheme = {
  designator: '99CRANIOPLASTY',
  name: `Concepts of ${product.name}`,
  organization: product.manufacturer,
} as const;

const own = (value: string, meaning: string) => code(value, ownScheme.designator, meaning);

export const concepts = {
  volume: code('118565006', 'SCT', 'Volume'),
  mass: code('118538004', 'SCT', 'Mass'),
  extent: code('L0JK', 'IBSI', 'Maximum 3D Diameter of a Mesh'),
  outerArea: own('OUTER-AREA', 'Area of the outer surface'),
  thickness: own('THICKNESS', 'Thickness'),
  gap: own('GAP', 'Gap between bone and implant along the border'),
  tilt: own('AXIS-TILT', 'Angle of the insertion axis to the mean normal'),
  axis: own('AXIS', 'Insertion axis, out of the defect, patient LPS'),
  undercut: own('UNDERCUT', 'Volume taken away so that bone does not block'),
  borderDistance: own('BORDER-DISTANCE', 'Distance from the reference along the border'),
  borderCurvature: own('BORDER-CURVATURE', 'Squared error of Gaussian curvature, border'),
  overlap: own('DICE', 'Overlap with the reference (Dice)'),
  borderOverlap: own('BORDER-DICE', 'Overlap with the reference near bone (Dice)'),
  hausdorff: own('HD95', 'Surface distance from the reference, pooled'),
  outerError: own('OUTER-ERROR', 'Error of the outer surface'),
  rehearsedVolume: own('REH-VOLUME', 'Rehearsal: known bone'),
  rehearsedOverlap: own('REH-DICE', 'Rehearsal: overlap with known bone (Dice)'),
  rehearsedBorder: own('REH-BORDER-DICE', 'Rehearsal: overlap near bone (Dice)'),
  rehearsedHausdorff: own('REH-HD95', 'Rehearsal: surface distance, pooled'),
  rehearsedError: own('REH-OUTER-ERROR', 'Rehearsal: error of the outer surface'),
  agreement: own('PRIOR-DICE', 'Overlap of network and shape prior (Dice)'),
  disagreement: own('PRIOR-DISTANCE', 'Distance of network and shape prior'),
  deviation: own('PRIOR-SD', 'Standard deviation of the shape prior'),
  residual: own('RESIDUAL', 'Residual of the alignment'),
  judgedBy: own('JUDGED-BY', 'What the patch was judged by'),
  checked: own('CHECKED', 'Value that was judged'),
  edited: own('EDITED', 'Edited by hand'),
  remark: own('REMARK', 'What the reader must know'),
  place: own('PLACE', 'Where to look'),
  record: own('RECORD', 'Record of the case, from which it can be opened again'),
} as const;

/** Checks of a designed implant. */
export const checkConcepts = {
  manifold: own('CHECK-MANIFOLD', 'Check: surface closed and manifold'),
  overlap: own('CHECK-OVERLAP', 'Check: overlap with bone'),
  insertion: own('CHECK-INSERTION', 'Check: way in along the insertion axis'),
  gap: own('CHECK-GAP', 'Check: gap along the border'),
  thickness: own('CHECK-THICKNESS', 'Check: thickness'),
  'hole-wall': own('CHECK-HOLE-WALL', 'Check: walls between holes'),
  size: own('CHECK-SIZE', 'Check: size'),
  bed: own('CHECK-BED', "Check: the printer's bed"),
  mass: own('CHECK-MASS', 'Check: mass'),
  overhang: own('CHECK-OVERHANG', 'Check: overhang over the outer table'),
  undercut: own('CHECK-UNDERCUT', 'Check: undercut taken away'),
  depth: own('CHECK-DEPTH', 'Check: depth beyond the inner surface'),
} as const;

export const checkResults = {
  pass: own('PASS', 'Pass'),
  warn: own('WARN', 'Warn'),
  fail: own('FAIL', 'Fail'),
} as const;
