/** The part of dcmjs that this project uses; the package ships no types. */
declare module 'dcmjs' {
  interface DicomElement {
    vr: string;
    Value?: unknown[];
  }

  /** Elements by tag, eight hexadecimal digits. */
  type DicomElements = Record<string, DicomElement>;

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
        naturalizeDataset(elements: DicomElements): Record<string, unknown>;
        denaturalizeDataset(dataset: Record<string, unknown>): DicomElements;
      };
    };
  }

  const dcmjs: Dcmjs;
  export default dcmjs;
}
