import { CranioplastyError, type CranioplastyErrorCode } from '../engine/space/errors.ts';
import { saidOf, type Said } from '../engine/words/sentence.ts';
import { why } from '../words/errorSentences.ts';

/** An error in a form that survives structured cloning with its code. */
export interface WireError extends Said {
  readonly code: CranioplastyErrorCode;
  /** What the runtime or the browser said, for the log. */
  readonly detail?: string;
}

/** Structured cloning strips an error of its class and its code: they are written out instead. */
export function toWire(error: unknown, fallback: CranioplastyErrorCode): WireError {
  if (error instanceof CranioplastyError) {
    return { code: error.code, ...saidOf(error), detail: describe(error.cause) };
  }
  return { code: fallback, ...why('error.unexpected-in-worker'), detail: describe(error) };
}

/** The typed error on the other side. */
export function fromWire(wire: WireError): CranioplastyError {
  return new CranioplastyError(
    wire.code,
    saidOf(wire),
    wire.detail ? { cause: new Error(wire.detail) } : undefined,
  );
}

function describe(cause: unknown): string | undefined {
  if (cause == null) return undefined;
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
}
