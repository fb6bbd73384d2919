import type { Vec3 } from '../../engine/space/grid.ts';
import { instanceItem, readInstance, type ReferencedInstance } from '../ct/derivedObject.ts';
import { item, items, number, numbers, text, type NaturalDataset } from '../part10/attributes.ts';
import { codeItem, readCode, sameCode, type Code } from '../part10/codedConcept.ts';
import { decimalString } from '../part10/decimalString.ts';

/** How a content item stands to the one that holds it (PS3.3, C.17.3.2.4). */
export type Relationship =
  'CONTAINS' | 'HAS OBS CONTEXT' | 'HAS CONCEPT MOD' | 'HAS PROPERTIES' | 'INFERRED FROM';

type Children = readonly NaturalDataset[];

function content(
  type: string,
  relationship: Relationship,
  concept: Code | undefined,
  value: NaturalDataset,
  children: Children = [],
): NaturalDataset {
  return {
    RelationshipType: relationship,
    ValueType: type,
    ...(concept ? { ConceptNameCodeSequence: [codeItem(concept)] } : {}),
    ...value,
    ...(children.length > 0 ? { ContentSequence: children } : {}),
  };
}

export const textItem = (relationship: Relationship, concept: Code, value: string) =>
  content('TEXT', relationship, concept, { TextValue: value });

export const uidItem = (relationship: Relationship, concept: Code, uid: string) =>
  content('UIDREF', relationship, concept, { UID: uid });

export const codedItem = (
  relationship: Relationship,
  concept: Code,
  value: Code,
  children?: Children,
) => content('CODE', relationship, concept, { ConceptCodeSequence: [codeItem(value)] }, children);

/** A finite number; where 16 characters do not hold it, also as it is. */
export function numberItem(
  relationship: Relationship,
  concept: Code,
  value: number,
  unit: Code,
  children?: Children,
): NaturalDataset {
  const decimal = decimalString(value);
  const measured = {
    NumericValue: decimal,
    ...(Number(decimal) === value ? {} : { FloatingPointValue: value }),
    MeasurementUnitsCodeSequence: [codeItem(unit)],
  };
  return content('NUM', relationship, concept, { MeasuredValueSequence: [measured] }, children);
}

/** A position in a frame of reference, patient LPS mm. */
export const placeItem = (
  relationship: Relationship,
  concept: Code,
  place: Vec3,
  frameOfReferenceUID: string,
) =>
  content('SCOORD3D', relationship, concept, {
    GraphicType: 'POINT',
    GraphicData: [...place],
    ReferencedFrameOfReferenceUID: frameOfReferenceUID,
  });

/** A segment of a segmentation. */
export const segmentItem = (concept: Code, instance: ReferencedInstance, segment: number) =>
  content('IMAGE', 'CONTAINS', concept, {
    ReferencedSOPSequence: [{ ...instanceItem(instance), ReferencedSegmentNumber: segment }],
  });

/** @param template of PS3.16, where the container follows one */
export const containerItem = (concept: Code, children: Children, template?: string) =>
  content(
    'CONTAINER',
    'CONTAINS',
    concept,
    {
      ContinuityOfContent: 'SEPARATE',
      ...(template
        ? { ContentTemplateSequence: [{ MappingResource: 'DCMR', TemplateIdentifier: template }] }
        : {}),
    },
    children,
  );

/** The content items that an item holds, of one concept if given. */
export function childrenOf(parent: NaturalDataset, concept?: Code): NaturalDataset[] {
  const all = items(parent, 'ContentSequence');
  return concept ? all.filter((child) => sameCode(conceptOf(child), concept)) : all;
}

export const conceptOf = (child: NaturalDataset): Code | undefined =>
  readCode(child, 'ConceptNameCodeSequence');

export const isOfType = (child: NaturalDataset, type: string): boolean =>
  text(child, 'ValueType') === type;

/** Text of the first child of a concept. A backslash in it separates nothing. */
export function textOf(parent: NaturalDataset, concept: Code): string | undefined {
  const [child] = childrenOf(parent, concept);
  return child && textValue(child);
}

export function textValue(child: NaturalDataset): string | undefined {
  const value = child['TextValue'];
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : undefined;
}

export function uidOf(parent: NaturalDataset, concept: Code): string | undefined {
  const [child] = childrenOf(parent, concept);
  return child && text(child, 'UID');
}

export function codeOf(parent: NaturalDataset, concept: Code): Code | undefined {
  const [child] = childrenOf(parent, concept);
  return child && readCode(child, 'ConceptCodeSequence');
}

/** The number of a NUM item and its unit; undefined if it holds none. */
export function readNumber(
  child: NaturalDataset,
): { readonly value: number; readonly unit: Code } | undefined {
  const measured = item(child, 'MeasuredValueSequence');
  const unit = measured && readCode(measured, 'MeasurementUnitsCodeSequence');
  const value =
    measured && (number(measured, 'FloatingPointValue') ?? number(measured, 'NumericValue'));
  return value === undefined || !unit ? undefined : { value, unit };
}

export function readPlace(child: NaturalDataset): Vec3 | undefined {
  return numbers(child, 'GraphicData', 3) as Vec3 | undefined;
}

export function readSegment(
  child: NaturalDataset,
): (ReferencedInstance & { readonly segment: number }) | undefined {
  const reference = item(child, 'ReferencedSOPSequence');
  const segment = reference && number(reference, 'ReferencedSegmentNumber');
  return reference && segment !== undefined ? { ...readInstance(reference), segment } : undefined;
}
