import { kindCodes, type SegmentKind } from '../dicom/segmentation/codes.ts';
import type { ShapeAppearance } from '../viewer/ViewerPort.ts';

/** What a reconstruction shows; the skull is there so that one sees the defect closed. */
export const shapeNames = ['skull', 'patch', 'implant'] as const;
export type ShapeName = (typeof shapeNames)[number];

/** The two shapes that are stored. */
export type ResultShape = Exclude<ShapeName, 'skull'>;
export const resultShapes = ['patch', 'implant'] as const satisfies readonly ResultShape[];

export interface ShapeStyle {
  readonly kind: SegmentKind;
  /** Stored as segment label, in English; the user is shown the catalogue's. */
  readonly label: string;
  readonly rgb: readonly [number, number, number];
}

export const shapeStyles: Readonly<Record<ShapeName, ShapeStyle>> = {
  skull: { kind: 'skull', label: 'Skull', rgb: kindCodes.skull.rgb },
  patch: { kind: 'skull-patch', label: 'Skull patch', rgb: kindCodes['skull-patch'].rgb },
  implant: { kind: 'implant', label: 'Implant', rgb: kindCodes.implant.rgb },
};

/** The arrow of the insertion axis. */
export const axisColour = [250, 204, 21] as const;

/** One of the two shapes at a time: of two at once, islands of one show through the other. */
export const initialAppearance: Readonly<Record<ShapeName, ShapeAppearance>> = {
  skull: { visible: true, opacity: 1 },
  patch: { visible: true, opacity: 1 },
  implant: { visible: false, opacity: 1 },
};
