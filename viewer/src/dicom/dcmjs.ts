import { createRequire } from 'node:module';

/** An element as dcmjs reads it. */
export interface DcmjsElement {
  readonly vr?: string;
  readonly Value?: readonly unknown[];
}

/** Elements by tag (eight hexadecimal digits). */
export type DcmjsDataset = Readonly<Record<string, DcmjsElement | undefined>>;

interface DcmjsFile {
  readonly meta: DcmjsDataset;
  readonly dict: DcmjsDataset;
}

interface DcmjsReadOptions {
  readonly untilTag?: string;
  readonly includeUntilTagValue?: boolean;
}

interface Dcmjs {
  readonly data: {
    readonly DicomMessage: { readFile(buffer: ArrayBuffer, options?: DcmjsReadOptions): DcmjsFile };
  };
  readonly log: { setLevel(level: string): void };
}

/** dcmjs publishes no types; this is the part that the store uses. */
export const dcmjs = createRequire(import.meta.url)('dcmjs') as Dcmjs;

dcmjs.log.setLevel('error');
