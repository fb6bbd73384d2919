import { describe, expect, it } from 'vitest';
import {
  readSegmentation,
  segmentKind,
} from '../../../../extension/src/dicom/segmentation/readSegmentation.ts';
import { CranioplastyError } from '../../../../extension/src/engine/space/errors.ts';
import { gridDistance } from '../../../../extension/src/engine/space/grid.ts';
import { binaryFrames, join, packFrames, type Contents } from '../rewrite.ts';
import { series, expected, file, edited, masks, failure } from './phantomFile.ts';

/** Turns the file into a label map: where segments overlap, the later one wins. */
function toLabelmap(contents: Contents, bits: 8 | 16): void {
  const { dataset } = contents;
  const byPosition = new Map<string, { frame: Uint8Array; group: Record<string, unknown> }>();
  binaryFrames(contents).forEach((frame, f) => {
    const { SegmentIdentificationSequence, ...group } = dataset.PerFrameFunctionalGroupsSequence[f];
    const label = Number(SegmentIdentificationSequence[0]['ReferencedSegmentNumber']);
    const key = JSON.stringify(group['PlanePositionSequence']);
    const entry = byPosition.get(key) ?? { frame: new Uint8Array(frame.length), group };
    frame.forEach((v, p) => {
      if (v) entry.frame[p] = label;
    });
    byPosition.set(key, entry);
  });
  const entries = [...byPosition.values()];
  const labels = join(entries.map((entry) => entry.frame));
  Object.assign(dataset, {
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.66.7',
    SegmentationType: 'LABELMAP',
    BitsAllocated: bits,
    BitsStored: bits,
    HighBit: bits - 1,
    NumberOfFrames: entries.length,
    PerFrameFunctionalGroupsSequence: entries.map((entry) => entry.group),
  });
  contents.pixels = [bits === 8 ? labels : new Uint8Array(Uint16Array.from(labels).buffer)];
}

/** PackBits without runs: 64-byte header, literal pieces of at most 128 bytes. */
function rle(planes: readonly Uint8Array[]): Uint8Array {
  const header = new DataView(new ArrayBuffer(64));
  header.setUint32(0, planes.length, true);
  const parts: Uint8Array[] = [];
  let offset = 64;
  planes.forEach((plane, n) => {
    header.setUint32(4 * (n + 1), offset, true);
    // A run of equal bytes first, where there is one.
    let run = 1;
    while (run < 128 && plane[run] === plane[0]) run++;
    const pieces: Uint8Array[] = run > 1 ? [Uint8Array.of(257 - run, plane[0])] : [];
    for (let at = run > 1 ? run : 0; at < plane.length; at += 128) {
      const literal = plane.subarray(at, at + 128);
      pieces.push(Uint8Array.of(literal.length - 1), literal);
    }
    const segment = join(pieces);
    parts.push(segment);
    offset += segment.length;
  });
  return join([new Uint8Array(header.buffer), ...parts]);
}

const laterWins = expected.map((mask, s) =>
  mask.map((v, i) => (expected.slice(s + 1).some((later) => later[i]) ? 0 : v)),
);

describe('readSegmentation', () => {
  it('reads what identifies the object', () => {
    const read = readSegmentation(file);
    expect(read).toMatchObject({
      frameOfReferenceUID: series.frameOfReferenceUID,
      studyInstanceUID: series.studyInstanceUID,
      referencedSeriesInstanceUID: series.seriesInstanceUID,
      label: 'Cranioplasty',
    });
    expect(read.segments[1]).toMatchObject({
      number: 2,
      label: 'Implant',
      type: { value: '40388003', scheme: 'SCT' },
      algorithm: {
        type: 'AUTOMATIC',
        name: 'cranioplasty lite',
        version: '1.0.0',
        parameters: `sha256=${'ab'.repeat(32)}`,
      },
      trackingID: 'Implant',
    });
    expect(read.segments.map(segmentKind)).toEqual(['skull-patch', 'implant']);
  });

  it('finds a grid of its own although slices are left out', () => {
    expect(gridDistance(readSegmentation(file).grid, series.grid)).toBeLessThan(1e-6);
  });

  it('places frames by position in any order', () => {
    const shuffled = edited((contents) => {
      const { dataset } = contents;
      const order = binaryFrames(contents).map(
        (_, f) => (f * 5 + 3) % binaryFrames(contents).length,
      );
      const frames = binaryFrames(contents);
      contents.pixels = [packFrames(order.map((f) => frames[f]))];
      dataset.PerFrameFunctionalGroupsSequence = order.map(
        (f) => dataset.PerFrameFunctionalGroupsSequence[f],
      );
    });
    expect(masks(shuffled)).toEqual(expected);
  });

  it('places frames that are turned by half a turn against the CT', () => {
    const turned = edited((contents) => {
      const { dataset } = contents;
      const [columns, rows] = series.grid.size;
      contents.pixels = [packFrames(binaryFrames(contents).map((frame) => frame.reverse()))];
      const orientation = dataset.SharedFunctionalGroupsSequence[0]['PlaneOrientationSequence'][0];
      const cosines = (orientation['ImageOrientationPatient'] as number[]).map(Number);
      orientation['ImageOrientationPatient'] = cosines.map((v) => -v);
      for (const groups of dataset.PerFrameFunctionalGroupsSequence) {
        const [position] = groups['PlanePositionSequence'];
        position['ImagePositionPatient'] = (position['ImagePositionPatient'] as number[]).map(
          (v, c) =>
            Number(v) +
            (columns - 1) * series.grid.spacing[0] * cosines[c] +
            (rows - 1) * series.grid.spacing[1] * cosines[3 + c],
        );
      }
    });
    expect(masks(turned)).toEqual(expected);
  });

  it('reads geometry from per-frame groups, as strings', () => {
    const perFrame = edited(({ dataset }) => {
      const [shared] = dataset.SharedFunctionalGroupsSequence;
      const { PixelMeasuresSequence, PlaneOrientationSequence } = shared;
      const orientation = PlaneOrientationSequence[0]['ImageOrientationPatient'] as number[];
      dataset.SharedFunctionalGroupsSequence = [{}];
      for (const groups of dataset.PerFrameFunctionalGroupsSequence) {
        groups['PixelMeasuresSequence'] = PixelMeasuresSequence;
        groups['PlaneOrientationSequence'] = [{ ImageOrientationPatient: orientation.map(String) }];
      }
    });
    expect(masks(perFrame)).toEqual(expected);
  });

  it('reads fractions, set from one half on', () => {
    const fractional = edited((contents) => {
      const { dataset } = contents;
      const frames = binaryFrames(contents);
      contents.pixels = [join(frames.map((f) => f.map((v, p) => (v ? 100 + (p % 2) : 99))))];
      Object.assign(dataset, {
        SegmentationType: 'FRACTIONAL',
        SegmentationFractionalType: 'PROBABILITY',
        MaximumFractionalValue: 200,
        BitsAllocated: 8,
        BitsStored: 8,
        HighBit: 7,
      });
    });
    expect(masks(fractional)).toEqual(expected);
  });

  it.each([8, 16] as const)('reads label maps of %i bits', (bits) => {
    expect(masks(edited((contents) => toLabelmap(contents, bits)))).toEqual(laterWins);
  });

  it.each([8, 16] as const)('reads label maps of %i bits compressed with RLE', (bits) => {
    const compressed = edited((contents) => {
      toLabelmap(contents, bits);
      const frames = Number(contents.dataset['NumberOfFrames']);
      const length = contents.pixels[0].length / frames;
      contents.pixels = Array.from({ length: frames }, (_, f) => {
        const frame = contents.pixels[0].slice(f * length, (f + 1) * length);
        if (bits === 8) return rle([frame]);
        const bytes = (odd: number) => frame.filter((_, p) => p % 2 === odd);
        return rle([bytes(1), bytes(0)]);
      });
      contents.syntax = '1.2.840.10008.1.2.5';
    });
    expect(masks(compressed)).toEqual(laterWins);
  });

  it('refuses another frame of reference', () => {
    const foreign = edited(({ dataset }) => {
      dataset['FrameOfReferenceUID'] = '2.25.99';
    });
    expect(failure(() => masks(foreign))).toMatchObject({
      code: 'foreign-frame-of-reference',
      message:
        'The segmentation belongs to another frame of reference than the CT: choose one that was made on this CT.',
    });
  });

  const misfits: [string, (contents: Contents) => void, RegExp][] = [
    [
      'positions between voxels',
      ({ dataset }) => {
        for (const groups of dataset.PerFrameFunctionalGroupsSequence) {
          const [position] = groups['PlanePositionSequence'];
          const [x, y, z] = (position['ImagePositionPatient'] as number[]).map(Number);
          position['ImagePositionPatient'] = [x + 0.3, y, z];
        }
      },
      /voxels beside/,
    ],
    [
      'another pixel spacing',
      ({ dataset }) => {
        const [measures] = dataset.SharedFunctionalGroupsSequence[0]['PixelMeasuresSequence'];
        measures['PixelSpacing'] = [0.95, 0.95];
      },
      /another voxel size/,
    ],
    [
      'pixels of half the size',
      ({ dataset }) => {
        const [measures] = dataset.SharedFunctionalGroupsSequence[0]['PixelMeasuresSequence'];
        measures['PixelSpacing'] = (measures['PixelSpacing'] as number[]).map((s) => s / 2);
      },
      /another voxel size/,
    ],
    [
      'slices of half the distance',
      ({ dataset }) => {
        const along = series.grid.axes[2].map((v) => (v * series.grid.spacing[2]) / 2);
        dataset.PerFrameFunctionalGroupsSequence.forEach((groups, f) => {
          const first = series.slices[0].plane.position;
          groups['PlanePositionSequence'][0]['ImagePositionPatient'] = first.map(
            (v, c) => v + f * along[c],
          );
        });
      },
      /another voxel size/,
    ],
    [
      'another orientation',
      ({ dataset }) => {
        const [o] = dataset.SharedFunctionalGroupsSequence[0]['PlaneOrientationSequence'];
        o['ImageOrientationPatient'] = [1, 0, 0, 0, 1, 0];
      },
      /another voxel size or orientation/,
    ],
    [
      'frames beyond the CT',
      ({ dataset }) => {
        for (const groups of dataset.PerFrameFunctionalGroupsSequence) {
          const [position] = groups['PlanePositionSequence'];
          const along = series.grid.axes[2];
          position['ImagePositionPatient'] = (position['ImagePositionPatient'] as number[]).map(
            (v, c) => Number(v) + 30 * series.grid.spacing[2] * along[c],
          );
        }
      },
      /beyond the CT/,
    ],
  ];
  it.each(misfits)('refuses %s', (_, change, message) => {
    const error = failure(() => masks(edited(change)));
    expect(error.code).toBe('bad-geometry');
    expect(error.message).toMatch(message);
  });

  const damages: [string, (contents: Contents) => void, RegExp][] = [
    [
      'an object that is no segmentation',
      ({ dataset }) => {
        dataset['SOPClassUID'] = '1.2.840.10008.5.1.4.1.1.2';
      },
      /no DICOM segmentation/,
    ],
    [
      'missing voxels',
      (contents) => {
        contents.pixels = [contents.pixels[0].subarray(0, 20)];
      },
      /voxels are missing/,
    ],
    [
      'more frames than described',
      ({ dataset }) => {
        dataset.PerFrameFunctionalGroupsSequence.pop();
      },
      /describes 13 of its 14 frames/,
    ],
    [
      'frames of an unknown segment',
      ({ dataset }) => {
        dataset.SegmentSequence.pop();
      },
      /contradict/,
    ],
    [
      'an unsupported compression',
      (contents) => {
        contents.syntax = '1.2.840.10008.1.2.4.90';
      },
      /transfer syntax 1.2.840.10008.1.2.4.90/,
    ],
    [
      'tiles of a microscope slide',
      ({ dataset }) => {
        dataset['DimensionOrganizationType'] = 'TILED_FULL';
        dataset['TotalPixelMatrixColumns'] = 4000;
        delete (dataset as Record<string, unknown>)['PerFrameFunctionalGroupsSequence'];
      },
      /microscope slide .*, not of a CT: choose one of the skull/,
    ],
    [
      'an unknown type',
      ({ dataset }) => {
        dataset['SegmentationType'] = 'SURFACE';
      },
      /type SURFACE/,
    ],
  ];
  it.each(damages)('refuses %s', (_, change, message) => {
    const error = failure(() => masks(edited(change)));
    expect(error.code).toBe('bad-segmentation');
    expect(error.message).toMatch(message);
  });

  it('refuses a position that would need a huge grid', () => {
    const far = edited(({ dataset }) => {
      dataset.PerFrameFunctionalGroupsSequence[0]['PlanePositionSequence'][0][
        'ImagePositionPatient'
      ] = series.slices[0].plane.position.map((v, c) => v + 1.5e9 * series.grid.axes[2][c]);
    });
    expect(failure(() => readSegmentation(far)).code).toBe('bad-geometry');
  });

  it('ends soon on damaged files', () => {
    const bytes = new Uint8Array(file);
    const random = (n: number) => (n * 2654435761) % 2 ** 32;
    let slowest = 0;
    for (let trial = 0; trial < 150; trial++) {
      const damaged = bytes.slice(0, trial % 3 === 0 ? random(trial) % bytes.length : undefined);
      for (let n = 0; n < (trial % 3) * 20; n++) {
        damaged[random(n * 31 + trial) % damaged.length] = random(n + trial) & 255;
      }
      const started = process.cpuUsage();
      try {
        readSegmentation(damaged).segments.forEach((segment) => segment.mask());
      } catch (error) {
        expect(error).toBeInstanceOf(CranioplastyError);
      }
      slowest = Math.max(slowest, process.cpuUsage(started).user / 1e6);
    }
    // Seconds of processor time; whole files take some 0.05.
    expect(slowest).toBeLessThan(3);
  });
});
