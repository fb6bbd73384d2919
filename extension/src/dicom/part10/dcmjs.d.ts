/** The part of dcmjs that this project uses; the package ships no types. */
declare module 'dcmjs' {
  export interface DicomElement {
    vr: string;
    Value?: unknown[];
  }

  /** Elements by tag, eight hexadecimal digits. */
  export type DicomElements = Record<string, DicomElement>;

  interface DicomDict {
    meta: DicomElements;
    dict: DicomElements;
    write(options?: { allowInvalidVRLength?: boolean }): ArrayBuffer;
  }

  interface Logger {
    setLevel(level: 'silent' | 'error' | 'warn'): void;
  }

  interface Dcmjs {
    log: Logger & { getLogger(name: 'validation.dcmjs'): Logger };
    data: {
      DicomMessage: {
        readFile(file: ArrayBuffer, options?: { ignoreErrors?: boolean }): DicomDict;
      };
      DicomDict: new (meta: DicomElements) => DicomDict;
      DicomMetaDictionary: {
        /** By tag as `(0028,0010)`. */
        readonly dictionary: Readonly<Record<string, { readonly vr: string } | undefined>>;
        naturalizeDataset(elements: DicomElements): Record<string, unknown>;
        denaturalizeDataset(dataset: Record<string, unknown>): DicomElements;
      };
    };
  }

  const dcmjs: Dcmjs;
  export default dcmjs;
}
