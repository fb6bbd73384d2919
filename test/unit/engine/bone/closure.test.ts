import { describe, expect, it } from 'vitest';
import {
  directionCell,
  openDirections,
  openShare,
} from '../../../../extension/src/engine/bone/closure.ts';

const centre = [100, 100, 60] as const;
/** A spherical shell from 70 to 76 mm around the centre, less what `gone` says. */
const shell =
  (gone: (dx: number, dy: number, dz: number) => boolean) => (x: number, y: number, z: number) => {
    const [dx, dy, dz] = [x - centre[0], y - centre[1], z - centre[2]];
    const r = Math.hypot(dx, dy, dz);
    return r > 70 && r < 76 && !gone(dx, dy, dz);
  };

describe('openShare', () => {
  it('is 0 for a closed shell', () => {
    expect(
      openShare(
        openDirections(
          shell(() => false),
          centre,
          1,
        ),
      ),
    ).toBe(0);
  });

  it('is the solid angle of a round hole at the top', () => {
    const angle = (20 * Math.PI) / 180;
    const hole = shell((dx, dy, dz) => dz / Math.hypot(dx, dy, dz) > Math.cos(angle));
    const share = openShare(openDirections(hole, centre, 1, 180));
    const vault = 1 - Math.sin((5 * Math.PI) / 180);
    expect(share).toBeCloseTo((1 - Math.cos(angle)) / vault, 2);
  });
});

describe('openDirections', () => {
  it('marks the cell in which a hole lies and no other side', () => {
    const hole = shell((dx, dy, dz) => dx > 60 && Math.abs(dy) < 20 && Math.abs(dz) < 20);
    const map = openDirections(hole, centre, 1);
    expect(map.open[directionCell(map, 1, 0, 0)]).toBe(1);
    expect(map.open[directionCell(map, -1, 0, 0)]).toBe(0);
    expect(map.open[directionCell(map, 0, -1, 0)]).toBe(0);
  });

  it('counts a ray that leaves through the bottom as closed', () => {
    const map = openDirections(() => false, centre, 1);
    expect(map.open[directionCell(map, 0, 0.001, -1)]).toBe(0);
    expect(map.open[directionCell(map, 0, 0.001, 1)]).toBe(1);
  });
});
