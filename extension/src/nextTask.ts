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
