/**
 * Lets the page do what waits (a click, a frame) before going on. Not by a timer: nested ones wait 4 ms each, and those
 * of a page in the background a second.
 */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

/** Longest time after which long work on the page lets it do what waits, ms. */
const longestTurn = 30;

/** Cuts long work on the page into turns. */
export class Turns {
  private began = performance.now();

  /** Between two steps of the work: lets the page do what waits, once the turn lasted long enough. */
  async step(): Promise<void> {
    if (performance.now() - this.began < longestTurn) return;
    await nextTask();
    this.began = performance.now();
  }
}
