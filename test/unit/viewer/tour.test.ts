import { describe, expect, it, vi } from 'vitest';
import { offerTour, tourId } from '../../../extension/src/tour.ts';

interface Tours {
  readonly 'ohif.tours': {
    readonly $push: readonly {
      readonly id: string;
      readonly route: string;
      readonly steps: readonly {
        readonly title: string;
        readonly text: string;
        readonly attachTo: { readonly element: string };
        readonly buttons: readonly { readonly text: string; action(): void }[];
      }[];
    }[];
  };
}

function offered(dataSources?: readonly string[]): Tours['ohif.tours']['$push'] {
  const setCustomizations = vi.fn();
  offerTour({ customizationService: { setCustomizations } }, dataSources);
  const [[customizations]] = setCustomizations.mock.calls as [[Tours]];
  return customizations['ohif.tours'].$push;
}

describe('the tour', () => {
  it('is put beside the tours that are there, at each address of the mode', () => {
    expect(offered().map(({ route }) => route)).toEqual(['/cranioplasty']);
    const tours = offered(['ward']);
    expect(tours.map(({ route }) => route)).toEqual(['/cranioplasty', '/cranioplasty/ward']);
    // Seen at one address it is not shown at another.
    expect(new Set(tours.map(({ id }) => id))).toEqual(new Set([tourId]));
  });

  it('leads on and can be skipped at each step', () => {
    const [{ steps }] = offered();
    expect(steps.length).toBeLessThanOrEqual(5);
    for (const [rank, { title, text, buttons }] of steps.entries()) {
      expect(title).not.toBe('');
      expect(text.split(' ').length).toBeLessThan(30);
      const tour = { next: vi.fn(), complete: vi.fn() };
      for (const { action } of buttons) action.call(tour);
      expect(tour.complete).toHaveBeenCalledOnce();
      expect(tour.next).toHaveBeenCalledTimes(rank < steps.length - 1 ? 1 : 0);
    }
  });
});
