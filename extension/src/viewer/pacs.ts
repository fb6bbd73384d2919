import { CranioplastyError } from '../engine/space/errors.ts';
import type { DataSource, Services } from '../types/ohif.ts';

/** Names one object in the PACS. */
export interface InstanceReference {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
}

/** The configured PACS. Failures are `pacs-refused` or `pacs-unreachable`. */
export interface Pacs {
  /** @param name of the object for messages, after "the" */
  store(part10: ArrayBuffer, name: string): Promise<void>;
  retrieve(instance: InstanceReference): Promise<ArrayBuffer>;
}

/**
 * The data source that the viewer has the study from. Objects go out and come back as whole files,
 * so what is compared is what was stored.
 */
export function createPacs(
  dataSource: () => DataSource,
  services: Pick<Services, 'userAuthenticationService'>,
): Pacs {
  return {
    async store(part10: ArrayBuffer, name: string): Promise<void> {
      const store = dataSource().store?.dicom;
      if (!store) {
        throw new CranioplastyError(
          'pacs-refused',
          'This data source cannot store objects: download the SEG and import it into the PACS.',
        );
      }
      try {
        await store(part10);
      } catch (cause) {
        throw storeFailure(cause, name);
      }
    },

    async retrieve(instance: InstanceReference): Promise<ArrayBuffer> {
      const client = dataSource().retrieve?.getWadoDicomWebClient?.();
      if (!client) {
        throw new CranioplastyError(
          'pacs-unreachable',
          'This data source cannot return whole objects: use a DICOMweb data source.',
        );
      }
      client.headers = services.userAuthenticationService.getAuthorizationHeader() ?? {};
      let answer: unknown;
      try {
        answer = await client.retrieveInstance(instance);
      } catch (cause) {
        throw retrieveFailure(cause);
      }
      if (answer instanceof ArrayBuffer) return answer;
      throw retrieveFailure(new Error('the answer holds no file'));
    },
  };
}

/** HTTP status of a failed request; 0 if there was no answer at all. */
function statusOf(cause: unknown): number {
  const { status } = (cause ?? {}) as { status?: unknown };
  return typeof status === 'number' ? status : 0;
}

function storeFailure(cause: unknown, name: string): CranioplastyError {
  const status = statusOf(cause);
  return status === 0
    ? new CranioplastyError(
        'pacs-unreachable',
        `The PACS did not answer, the ${name} was not saved: check the connection and save again, or download it.`,
        { cause },
      )
    : new CranioplastyError(
        'pacs-refused',
        `The PACS refused the ${name} (HTTP ${status}), it was not saved: ask its administrator, or download it.`,
        { cause },
      );
}

function retrieveFailure(cause: unknown): CranioplastyError {
  const status = statusOf(cause);
  return new CranioplastyError(
    'pacs-unreachable',
    status === 0
      ? 'The PACS did not return the object: check the connection and try again.'
      : `The PACS did not return the object (HTTP ${status}): check the connection and try again.`,
    { cause },
  );
}
