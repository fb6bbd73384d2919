import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LeaveGuard, type Leaving } from '../../../extension/src/viewer/LeaveGuard.ts';

/** An element as the guard looks at it. */
class FakeElement {
  constructor(readonly matches: boolean) {}
  closest(selector: string): FakeElement | null {
    return this.matches && selector.includes('return-to-work-list') ? this : null;
  }
}

let page: EventTarget & { confirm: ReturnType<typeof vi.fn> };
let go: ReturnType<typeof vi.fn>;
let lost: Partial<Record<Leaving, string>>;
let guard: LeaveGuard;
/** What the router, which listens later, hears. */
let heard: string[];

const send = (type: string, more: object = {}) => {
  const event = Object.assign(new Event(type, { cancelable: true }), more);
  page.dispatchEvent(event);
  return event;
};
const click = (matches: boolean) => {
  const event = new Event('click', { cancelable: true });
  Object.defineProperty(event, 'target', { value: new FakeElement(matches) });
  page.dispatchEvent(event);
  return event;
};

beforeEach(() => {
  page = Object.assign(new EventTarget(), { confirm: vi.fn(() => false) });
  go = vi.fn();
  lost = {};
  heard = [];
  vi.stubGlobal('window', page);
  vi.stubGlobal('document', page);
  vi.stubGlobal('Element', FakeElement);
  vi.stubGlobal('history', { state: { idx: 3 }, go });
  guard = new LeaveGuard((leaving) => lost[leaving]);
  for (const type of ['popstate', 'click']) page.addEventListener(type, () => heard.push(type));
  guard.enter();
});
afterEach(() => vi.unstubAllGlobals());

describe('leaving the page', () => {
  it('is asked about only if something would be lost', () => {
    expect(send('beforeunload').defaultPrevented).toBe(false);
    lost = { page: 'Edits.' };
    expect(send('beforeunload').defaultPrevented).toBe(true);
    // On the list of studies, too.
    guard.leave();
    expect(send('beforeunload').defaultPrevented).toBe(true);
  });
});

describe('leaving the mode', () => {
  it('is not asked about where nothing is lost, nor of other buttons', () => {
    click(true);
    send('popstate', { state: { idx: 2 } });
    lost = { mode: 'A run.' };
    click(false);
    expect(page.confirm).not.toHaveBeenCalled();
    expect(heard).toEqual(['click', 'popstate', 'click']);
  });

  it('by its button is refused before anybody hears of it', () => {
    lost = { mode: 'A run.' };
    expect(click(true).defaultPrevented).toBe(true);
    expect(page.confirm).toHaveBeenCalledWith('A run.\n\nLeave anyway?');
    expect(heard).toEqual([]);
    page.confirm.mockReturnValue(true);
    expect(click(true).defaultPrevented).toBe(false);
    expect(heard).toEqual(['click']);
  });

  it("by the browser's button is taken back, and nobody hears of either step", () => {
    lost = { mode: 'A run.' };
    send('popstate', { state: { idx: 1 } });
    expect(go).toHaveBeenCalledWith(2);
    send('popstate', { state: { idx: 3 } });
    expect(heard).toEqual([]);
    expect(page.confirm).toHaveBeenCalledTimes(1);
    page.confirm.mockReturnValue(true);
    send('popstate', { state: { idx: 2 } });
    expect(heard).toEqual(['popstate']);
  });

  it('is over once it is left', () => {
    lost = { mode: 'A run.' };
    guard.leave();
    click(true);
    send('popstate', { state: { idx: 1 } });
    expect(page.confirm).not.toHaveBeenCalled();
    expect(heard).toEqual(['click', 'popstate']);
  });
});
