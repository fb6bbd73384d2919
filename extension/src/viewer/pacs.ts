import { CranioplastyError } from '../engine/space/errors.ts';
import type { DataSource, Services } from '../types/ohif.ts';
import { why } from '../words/errorSentences.ts';
import { sayObject } from '../words/objectNames.ts';

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
        throw new CranioplastyError('pacs-refused', why('error.cannot-store'));
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
        throw new CranioplastyError('pacs-unreachable', why('error.cannot-return'));
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
        why('error.pacs-silent', { object: sayObject(name) }),
        { cause },
      )
    : new CranioplastyError(
        'pacs-refused',
        why('error.pacs-refused', { object: sayObject(name), status }),
        { cause },
      );
}

function retrieveFailure(cause: unknown): CranioplastyError {
  const status = statusOf(cause);
  return new CranioplastyError(
    'pacs-unreachable',
    status === 0 ? why('error.not-returned') : why('error.not-returned-status', { status }),
    { cause },
  );
}
