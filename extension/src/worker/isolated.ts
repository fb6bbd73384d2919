/** Whether threads of this page may share memory. */
export function isolated(): boolean {
  return globalThis.crossOriginIsolated === true && typeof SharedArrayBuffer !== 'undefined';
}
