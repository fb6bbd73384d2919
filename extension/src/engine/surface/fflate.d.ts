/** The part of fflate that this project uses; its version here hides the types that it ships. */
declare module 'fflate' {
  type Entries = Record<string, Uint8Array>;

  export function zipSync(files: Entries, options?: { readonly mtime?: Date }): Uint8Array;
  export function unzipSync(file: Uint8Array): Entries;
  export function strToU8(text: string): Uint8Array;
  export function strFromU8(bytes: Uint8Array): string;
}
