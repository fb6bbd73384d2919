import type { LoadedCt } from '../../extension/src/dicom/ct/ctPixels.ts';
import type { CtSeries } from '../../extension/src/dicom/ct/ctSeries.ts';
import type { Algorithm, ObjectSource } from '../../extension/src/dicom/ct/derivedObject.ts';
import { product } from '../../extension/src/dicom/product.ts';
import {
  implantMeasurements,
  patchMeasurements,
} from '../../extension/src/dicom/report/caseMeasurements.ts';
import {
  recordOfDesign,
  recordOfReconstruction,
} from '../../extension/src/dicom/report/recordOf.ts';
import { writeReport } from '../../extension/src/dicom/report/writeReport.ts';
import { readSegmentation } from '../../extension/src/dicom/segmentation/readSegmentation.ts';
import {
  writeSegmentation,
  type SegmentToWrite,
} from '../../extension/src/dicom/segmentation/writeSegmentation.ts';
import { dateAndTime } from '../../extension/src/dateAndTime.ts';
import { lighten } from '../../extension/src/engine/implant/lighten.ts';
import type { SolidKernel } from '../../extension/src/engine/implant/solidKernel.ts';
import type {
  ReconstructedShape,
  Reconstruction,
} from '../../extension/src/engine/reconstruction.ts';
import type { Rehearsal } from '../../extension/src/engine/rehearsal.ts';
import { anySet } from '../../extension/src/engine/space/voxels.ts';
import { writeStl } from '../../extension/src/engine/surface/stl.ts';
import { seriesDescriptionOf, termsOf } from '../../extension/src/models.ts';
import { openSolidKernel } from '../../extension/src/solidKernel.ts';
import { designReport, jsonFile } from './implant/designReport.ts';
import type { MadeDesign } from './implant/makeDesign.ts';
import { describeBody, encapsulatedFiles, stlFiles, threeMfFile } from './implant/solidFiles.ts';
import type { Files } from './io/completeFiles.ts';
import { packNifti } from './io/nifti.ts';
import type { SkullInput } from './io/skullInput.ts';

/** A reconstruction with all that its files say. */
export interface ResultToWrite {
  /** Its implant is the designed one, where there is one. */
  readonly result: Reconstruction;
  readonly designed?: { readonly made: MadeDesign; readonly elapsed: number };
  /** The implant that the model predicted, where another took its place. */
  readonly predicted?: ReconstructedShape;
  /** Which piece of the patch the implant is designed for, where that was chosen. */
  readonly piece?: number;
  readonly input: SkullInput;
  /** Name of the input's file. */
  readonly name: string;
  readonly ct?: LoadedCt;
  /** That CT as it was straightened, if it is written too: objects refer to it then. */
  readonly straightened?: CtSeries;
  readonly rehearsal?: Rehearsal;
}

export const isSet = ({ mask }: ReconstructedShape): boolean => anySet(mask.data);

/** The files of a reconstruction: volumes in the form of the input, surfaces, and what goes with a designed implant. */
export async function resultFiles(toWrite: ResultToWrite): Promise<Files> {
  const { result, designed, piece, input, name } = toWrite;
  // Packed by other threads while surfaces are made.
  const volumes = input.segmentation ? undefined : niftiFiles(toWrite);
  const kernel = await openSolidKernel();
  const stls = implantStls(toWrite, kernel);
  const patchStl = stlOf(result.patch, 'skull patch', kernel);
  const files: Files = [
    ...((await volumes) ?? dicomFiles(toWrite, stls)),
    ['skull-patch.stl', patchStl],
    ...stls,
  ];
  if (!designed) return files;
  const { made } = designed;
  const withSolid: Files = [...files, threeMfFile(made.design, termsOf(result.model))];
  const [patchFile, patchBytes] = files[0];
  const patch = { file: patchFile, bytes: patchBytes, piece };
  const report = await designReport(
    made,
    { skull: { file: name, bytes: input.bytes, segment: input.segment }, patch },
    { files: withSolid.filter(([file]) => file.startsWith('implant')), ct: toWrite.ct?.series },
  );
  return [...withSolid, ['implant.json', jsonFile(report)]];
}

const headerOf = (what: string): string =>
  `${product.name} ${product.version} ${what}, mm, LPS, research use`;

/** The surface of a shape, with as few triangles as that needs. */
const stlOf = ({ mesh }: ReconstructedShape, what: string, kernel: SolidKernel): Uint8Array =>
  writeStl(lighten(mesh, kernel), headerOf(what));

function implantStls({ result, designed, predicted }: ResultToWrite, kernel: SolidKernel): Files {
  const ofPredicted = (file: string, shape: ReconstructedShape | undefined): Files =>
    shape && isSet(shape) ? [[file, stlOf(shape, 'predicted implant', kernel)]] : [];
  if (!designed) return ofPredicted('implant.stl', result.implant);
  return [...stlFiles(designed.made.design), ...ofPredicted('predicted-implant.stl', predicted)];
}

function niftiFiles({ result, predicted }: ResultToWrite): Promise<Files> {
  const shapes: [string, ReconstructedShape | undefined][] = [
    ['skull-patch.nii.gz', result.patch],
    ['implant.nii.gz', result.implant],
    ['predicted-implant.nii.gz', predicted],
  ];
  const packed = shapes.flatMap(([file, shape]): Promise<Files[number]>[] =>
    shape && (isSet(shape) || shape === result.patch)
      ? [packNifti(shape.mask).then((bytes) => [file, bytes])]
      : [],
  );
  return Promise.all(packed);
}

/** What made the patch, or a designed implant. */
function algorithmOf({ model }: Reconstruction, made?: MadeDesign): Algorithm {
  return {
    name: `${product.name} ${model.name}${made ? ', implant design' : ''}`,
    version: model.version,
    modelHash: model.hash,
    terms: termsOf(model),
  };
}

/** Both shapes as segments of one object; an implant that is empty is left out. */
function resultSegments({ result, designed }: ResultToWrite): SegmentToWrite[] {
  const { patch, implant } = result;
  const made = designed?.made;
  const segments: SegmentToWrite[] = [
    {
      kind: 'skull-patch',
      label: 'Skull patch',
      description: 'Missing bone, reconstructed',
      mask: patch.mask,
      algorithm: { type: 'AUTOMATIC', ...algorithmOf(result) },
    },
    {
      kind: 'implant',
      label: 'Implant',
      description: made
        ? `Designed implant. ${describeBody(made.design)}`
        : 'Implant of constant thickness with clearance',
      mask: implant.mask,
      algorithm: { type: 'AUTOMATIC', ...algorithmOf(result, made) },
    },
  ];
  return segments.filter(({ mask }) => anySet(mask.data));
}

/** The skull as a segmentation of the straightened CT; undefined where the given one is that already. */
function straightenedSkull(
  { mask, segmentation, segment }: SkullInput,
  ct: CtSeries,
): ArrayBuffer | undefined {
  if (segmentation?.referencedSeriesInstanceUID === ct.seriesInstanceUID) return undefined;
  const given = segmentation?.segments.find(({ number }) => number === segment?.number);
  const { type, name, version, parameters } = given?.algorithm ?? { type: 'MANUAL' };
  const label = (segment?.label ?? 'Skull').slice(0, 64);
  return writeSegmentation(
    [
      {
        kind: 'skull',
        label,
        description: `Straightened with the CT, from segmentation ${segmentation?.sopInstanceUID}`,
        mask,
        algorithm: {
          type: type === 'AUTOMATIC' ? 'AUTOMATIC' : 'SEMIAUTOMATIC',
          name: name ?? 'Straightened segmentation',
          version: version ?? product.version,
          parameters,
        },
      },
    ],
    { ct },
    { seriesDescription: `${label.slice(0, 50)}, straightened`, contentLabel: 'SKULL' },
  );
}

function dicomFiles(toWrite: ResultToWrite, stls: Files): Files {
  const { result, designed, input, name, ct, straightened, rehearsal, piece } = toWrite;
  if (!input.segmentation) return [];
  const on = straightened ?? ct?.series;
  const source: ObjectSource = on ? { ct: on } : { instance: input.segmentation.dataset };
  const ownSkull = straightened && straightenedSkull(input, straightened);
  const skull = ownSkull
    ? { sopInstanceUID: readSegmentation(ownSkull).sopInstanceUID, segment: 1 }
    : { sopInstanceUID: input.segmentation.sopInstanceUID, segment: input.segment?.number };
  const file = writeSegmentation(resultSegments(toWrite), source, {
    seriesDescription: seriesDescriptionOf(result.model, dateAndTime(new Date())),
  });
  const segmentation = readSegmentation(file);
  const made = designed?.made;
  const record = {
    format: 1,
    reconstruction: recordOfReconstruction(result, {
      skull: {
        label: input.segment?.label ?? name,
        sopInstanceUID: skull.sopInstanceUID,
        ...(skull.segment === undefined ? {} : { segment: skull.segment }),
      },
      ...(result.provider ? { provider: { provider: result.provider } } : {}),
    }),
    shapes: {
      patch: { measurements: result.patch.measurements, edited: false },
      implant: { measurements: result.implant.measurements, edited: false },
    },
    ...(made ? { design: recordOfDesign(made.design, { patchPiece: piece }) } : {}),
    ...(rehearsal ? { rehearsal } : {}),
  } as const;
  const ofImplant: Algorithm = {
    ...algorithmOf(result, made),
    parameters: made && JSON.stringify(made.design.parameters),
  };
  const report = writeReport(
    {
      record,
      groups: [
        { kind: 'skull-patch', algorithm: algorithmOf(result), ...patchMeasurements(record) },
        { kind: 'implant', algorithm: ofImplant, ...implantMeasurements(record) },
      ],
    },
    source,
    { seriesDescription: seriesDescriptionOf(result.model, 'measurements'), segmentation },
  );
  const bodies = made ? stls.filter(([body]) => body.startsWith('implant')) : [];
  return [
    ['reconstruction.dcm', new Uint8Array(file)],
    ['report.dcm', new Uint8Array(report)],
    ...(ownSkull ? [['straightened-skull.dcm', new Uint8Array(ownSkull)] as const] : []),
    ...encapsulatedFiles(bodies, ofImplant, source, segmentation),
  ];
}
