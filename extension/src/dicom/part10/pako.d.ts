/** The part of pako that this project uses; the package ships no types. */
declare module 'pako' {
  /** @returns undefined if the stream ends too early */
  export function inflateRaw(data: Uint8Array): Uint8Array | undefined;
}
