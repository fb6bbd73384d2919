import { describe, expect, it, vi } from 'vitest';
import { carryOut } from '../../../../extension/src/engine/crew/carryOut.ts';
import type { Answer, Helper, Order } from '../../../../extension/src/engine/crew/Crew.ts';
import { allDone, Crew, slabs } from '../../../../extension/src/engine/crew/Crew.ts';
import type { Grid } from '../../../../extension/src/engine/space/grid.ts';
import { identityAxes, voxelCount } from '../../../../extension/src/engine/space/grid.ts';
import {
  distanceTask,
  signedDistance,
} from '../../../../extension/src/engine/space/signedDistance.ts';

const grid: Grid = {
  size: [24, 20, 16],
  spacing: [1, 1, 1.5],
  origin: [0, 0, 0],
  axes: identityAxes,
};

/** A ball, in memory that a crew shares. */
function ball(crew: Crew) {
  const data = new Uint8Array(crew.room(voxelCount(grid)));
  for (let k = 0, p = 0; k < 16; k++)
    for (let j = 0; j < 20; j++)
      for (let i = 0; i < 24; i++, p++)
        data[p] = Number(Math.hypot(i - 12, j - 10, 1.5 * (k - 8)) < 7);
  return { grid, data };
}

/** A thread that does its orders when it is told to; what it is given is copied as threads copy it. */
function helper() {
  const orders: Order[] = [];
  let reply: (answer: Answer) => void = () => undefined;
  let lost = (): void => undefined;
  const thread: Helper = {
    give: (order) => void orders.push(structuredClone(order)),
    listen: (onAnswer, onLost) => {
      reply = (answer) => onAnswer(structuredClone(answer));
      lost = onLost;
    },
    end: vi.fn(),
  };
  const work = (): void => {
    for (const order of orders.splice(0)) carryOut(order, reply);
  };
  return { thread, orders, work, lose: () => lost() };
}

function distanceBy(crew: Crew, parts: number) {
  const mask = ball(crew);
  const task = distanceTask(mask, new Int8Array(crew.room(voxelCount(grid))));
  const handed = slabs(16, parts).map((slab) => crew.hand('distance', { ...slab, task }));
  return { task, handed };
}

const expected = signedDistance(ball(new Crew())).data;

describe('a crew', () => {
  it('of one does all itself, in memory of its own', async () => {
    const crew = new Crew();
    expect(crew.size).toBe(1);
    expect(crew.room(8)).toBeInstanceOf(ArrayBuffer);
    const { task, handed } = distanceBy(crew, 3);
    await allDone(handed);
    expect(task.out).toEqual(expected);
  });

  it('shares tasks: each is done once, by whoever is free', async () => {
    const { thread, orders, work } = helper();
    const crew = new Crew([thread]);
    expect(crew.size).toBe(2);
    const { task, handed } = distanceBy(crew, 4);
    expect(orders).toHaveLength(4);
    handed[0].help();
    work();
    const beside = task.out.slice();
    expect(beside).toEqual(expected);
    await allDone(handed);
    expect(task.out).toEqual(expected);
  });

  it('does what its threads do not begin', async () => {
    const { thread, work } = helper();
    const { task, handed } = distanceBy(new Crew([thread]), 4);
    await allDone(handed);
    expect(task.out).toEqual(expected);
    task.out.fill(0);
    work();
    expect(task.out.every((value) => value === 0)).toBe(true);
  });

  it('does again what a thread had begun that was lost', async () => {
    const { thread, orders, lose } = helper();
    const crew = new Crew([thread]);
    const { task, handed } = distanceBy(crew, 2);
    Atomics.store(orders[0].taken, 0, 1);
    const done = allDone(handed);
    lose();
    await done;
    expect(task.out).toEqual(expected);
    expect(crew.size).toBe(1);
  });

  it('tells what is wrong with a task that fails beside', async () => {
    const { thread, work } = helper();
    const crew = new Crew([thread]);
    const broken = crew.hand('surface', { field: { grid } as never });
    work();
    await expect(broken.done()).rejects.toThrow(TypeError);
  });

  it('gives a result that was made beside', async () => {
    const { thread, work } = helper();
    const crew = new Crew([thread]);
    const field = signedDistance(ball(crew));
    const handed = crew.hand('surface', { field });
    work();
    const here = new Crew().hand('surface', { field });
    expect(await handed.done()).toEqual(await here.done());
    expect(await handed.done()).toBe(await handed.done());
  });

  it('leaves what was dropped, and ends its threads', async () => {
    const { thread, work } = helper();
    const crew = new Crew([thread]);
    const { task, handed } = distanceBy(crew, 2);
    for (const part of handed) part.drop();
    work();
    expect(task.out.every((value) => value === 0)).toBe(true);
    crew.close();
    expect(thread.end).toHaveBeenCalledOnce();
    expect(crew.size).toBe(1);
  });
});

describe('slabs', () => {
  it('cover all, none of them empty', () => {
    expect(slabs(10, 3)).toEqual([
      { from: 0, to: 3 },
      { from: 3, to: 7 },
      { from: 7, to: 10 },
    ]);
    expect(slabs(2, 4)).toHaveLength(2);
    expect(slabs(5, 0)).toEqual([]);
  });
});
