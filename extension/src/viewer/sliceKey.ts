/** Names a slice: an instance, or one frame of a multi-frame instance. */
export function sliceKey(sopInstanceUID: string, frameNumber?: number): string {
  return frameNumber === undefined ? sopInstanceUID : `${sopInstanceUID}#${frameNumber}`;
}
