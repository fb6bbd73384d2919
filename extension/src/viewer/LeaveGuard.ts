import { say } from '../words/say.ts';

/** The button that leads back to the list of studies; OHIF asks nobody before it goes there. */
const backButton = '[data-cy="return-to-work-list"]';

/** Where the user is about to go: out of the mode, or out of the page, with which everything goes. */
export type Leaving = 'mode' | 'page';

/** Position that the router gave to an entry of the browser's history. */
const positionOf = (state: unknown): number | undefined => {
  const { idx } = (state ?? {}) as { idx?: unknown };
  return typeof idx === 'number' ? idx : undefined;
};

/**
 * Asks before the page is closed or loaded again, and before the mode is left by its back button or by the
 * browser's. It is made before the viewer's router listens: the router must not hear of a step that was refused,
 * or it sets up the mode anew.
 */
export class LeaveGuard {
  private readonly atStake: (leaving: Leaving) => string | undefined;
  /** Position of the mode in the browser's history, while it is open. */
  private mode: number | undefined;
  private entered = false;
  /** While the step back to the mode is under way, which is no news either. */
  private returning = false;

  /** @param atStake what would be lost, in sentences; undefined if nothing */
  constructor(atStake: (leaving: Leaving) => string | undefined) {
    this.atStake = atStake;
    window.addEventListener('beforeunload', this.onUnload);
    window.addEventListener('popstate', this.onStep);
    document.addEventListener('click', this.onClick, { capture: true });
  }

  enter(): void {
    this.entered = true;
    this.mode = positionOf(history.state);
  }

  leave(): void {
    this.entered = false;
  }

  private readonly onUnload = (event: BeforeUnloadEvent): void => {
    // Browsers show words of their own.
    if (this.atStake('page') !== undefined) event.preventDefault();
  };

  private readonly onClick = (event: MouseEvent): void => {
    if (!(event.target instanceof Element) || !event.target.closest(backButton)) return;
    if (this.mayLeave()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };

  private readonly onStep = (event: PopStateEvent): void => {
    if (this.returning) {
      this.returning = false;
      event.stopImmediatePropagation();
      return;
    }
    const there = positionOf(event.state);
    if (this.mode === undefined || there === undefined || there === this.mode) return;
    if (this.mayLeave()) return;
    event.stopImmediatePropagation();
    this.returning = true;
    history.go(this.mode - there);
  };

  private mayLeave(): boolean {
    const lost = this.entered ? this.atStake('mode') : undefined;
    return lost === undefined || window.confirm(`${lost}\n\n${say('leaving.anyway')}`);
  }
}
