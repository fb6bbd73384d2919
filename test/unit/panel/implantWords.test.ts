import { describe, expect, it } from 'vitest';
import {
  completeParameters,
  parameterTable,
} from '../../../extension/src/engine/implant/parameters.ts';
import { joinMeshes, vertexNormals } from '../../../extension/src/engine/surface/mesh.ts';
import {
  describeAxis,
  describeParameter,
  isInUse,
} from '../../../extension/src/services/implantWords.ts';
import { describeCounts, describeRange } from '../../../extension/src/panel/format.ts';
import { arrowMesh } from '../../../extension/src/viewer/drawing/arrowMesh.ts';
import { EditTracker } from '../../../extension/src/viewer/segments/EditTracker.ts';
import { smallDesign } from '../worker/fakes.ts';

describe('what is said of an implant', () => {
  it('names where an axis points to, the strongest side first', () => {
    expect(describeAxis([-0.6, -0.75, 0.28])).toBe('anterior, right (LPS -0.60, -0.75, 0.28)');
    expect(describeAxis([0, 0, 1])).toBe('cranial (LPS 0.00, 0.00, 1.00)');
  });

  it('is in other languages in the panel', () => {
    const tell = (key: string) => key.toUpperCase();
    expect(describeAxis([0, 0, -1], tell)).toBe('DIRECTION.CAUDAL (LPS 0.00, 0.00, -1.00)');
  });

  it('gives a range with its unit', () => {
    const ranges = parameterTable.flatMap((p) => (p.kind === 'number' ? [describeRange(p)] : []));
    expect(ranges.slice(0, 2)).toEqual(['1 to 10 mm', '0 to 3 mm']);
    expect(ranges).toContain('0 to 60°');
  });

  it('leaves out parameters that change nothing', () => {
    const usual = completeParameters({});
    const unused = parameterTable.filter(({ name }) => !isInUse(name, usual));
    expect(unused.map(({ name }) => name)).toEqual([
      'perfusionDiameter',
      'perfusionPitch',
      'perfusionEdge',
      'sutureDiameter',
      'sutureEdge',
      'kerf',
      'density',
    ]);
    const all = completeParameters({
      material: 'custom',
      perfusionHoles: true,
      sutureHoles: 4,
      pieces: 2,
    });
    expect(parameterTable.every(({ name }) => isInUse(name, all))).toBe(true);
  });

  it('gives each value with its unit', () => {
    const parameters = completeParameters({ thickness: 'bone', axis: [0, -1, 0] });
    const words = (wanted: string) =>
      parameterTable
        .filter(({ name }) => name === wanted)
        .map((parameter) => describeParameter(parameter, parameters[parameter.name]));
    expect(words('thickness')).toEqual(['as the bone']);
    expect(words('clearance')).toEqual(['0.5 mm']);
    expect(words('edgeTaper')).toEqual(['0°']);
    expect(words('keepOffDura')).toEqual(['on']);
    expect(words('pieces')).toEqual(['1']);
    expect(words('axis')).toEqual(['anterior (LPS 0.00, -1.00, 0.00)']);
  });

  it('counts the checks', () => {
    expect(describeCounts(smallDesign().implant.checks)).toBe('0 fail, 1 warn, 1 pass');
  });
});

describe('the arrow of an axis', () => {
  it('reaches from its foot to its tip and is lit from outside', () => {
    const arrow = arrowMesh([1, 2, 3], [0, 1, 0], 45);
    const along = arrow.positions.filter((_, p) => p % 3 === 1);
    expect([Math.min(...along), Math.max(...along)]).toEqual([2, 47]);
    const normals = vertexNormals(arrow);
    expect(normals.every(Number.isFinite)).toBe(true);
    // Halfway up the shaft the normals point away from its middle line.
    const v = 3 * 24;
    const out = [arrow.positions[v] - 1, arrow.positions[v + 2] - 3];
    expect(out[0] * normals[v] + out[1] * normals[v + 2]).toBeGreaterThan(0);
  });
});

it('joins the pieces of an implant into one mesh', () => {
  const piece = {
    positions: Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0),
    triangles: Uint32Array.of(0, 1, 2),
  };
  expect(joinMeshes([piece])).toBe(piece);
  const both = joinMeshes([piece, piece]);
  expect([...both.triangles]).toEqual([0, 1, 2, 3, 4, 5]);
  expect(both.positions).toHaveLength(18);
  expect(joinMeshes([]).triangles).toHaveLength(0);
});

it('takes other voxels of the product for no edit, and keeps those that were found', () => {
  let voxels = 1;
  const tracker = new EditTracker(() => new Map([[1, voxels]]));
  tracker.start('a');
  voxels = 2;
  tracker.question('a');
  expect(tracker.revisionOf('a')).toBe(1);
  voxels = 3;
  tracker.question('a');
  tracker.accept('a');
  expect(tracker.revisionOf('a')).toBe(1);
  voxels = 4;
  tracker.question('a');
  expect(tracker.revisionOf('a')).toBe(2);
});
