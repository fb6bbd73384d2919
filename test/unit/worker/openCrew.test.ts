import { afterEach, describe, expect, it, vi } from 'vitest';
import { openCrew } from '../../../extension/src/worker/openCrew.ts';

const environment = { modelsUrl: 'http://localhost/models/', threads: 3 };
const started = vi.fn();

class StubWorker {
  constructor(...how: unknown[]) {
    started(...how);
  }
  addEventListener(): void {}
  terminate(): void {}
}

/** A worker's own surroundings, in a page that may share memory or may not. */
function surroundings(isIsolated: boolean, worker: unknown): void {
  vi.stubGlobal('crossOriginIsolated', isIsolated);
  vi.stubGlobal('location', { href: 'http://localhost/inference.js' });
  vi.stubGlobal('Worker', worker);
}

afterEach(() => {
  vi.unstubAllGlobals();
  started.mockReset();
});

describe("a worker's crew", () => {
  it('runs its own script on the other threads', () => {
    surroundings(true, StubWorker);
    expect(openCrew(environment).size).toBe(3);
    expect(started.mock.calls).toEqual(
      Array(2).fill([
        'http://localhost/inference.js',
        { type: 'module', name: 'cranioplasty-helper' },
      ]),
    );
    expect(openCrew({ ...environment, threads: 64 }).size).toBe(4);
  });

  it('is the worker alone where memory cannot be shared', () => {
    surroundings(false, StubWorker);
    expect(openCrew(environment).size).toBe(1);
    expect(started).not.toHaveBeenCalled();
  });

  it('is the worker alone where it may start no other', () => {
    surroundings(true, function refuse() {
      throw new Error('SecurityError');
    });
    expect(openCrew(environment).size).toBe(1);
  });
});
