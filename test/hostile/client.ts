import { request } from 'node:http';
import { connect } from 'node:net';

/** A request as it goes over the line: nothing is encoded, checked or added. */
export interface HostileRequest {
  /** Shown beside the slowest answers. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Bytes after which the sender goes away. */
  readonly abortAfter?: number;
  /** Sent in place of everything else. */
  readonly raw?: string;
}

/** `undefined` where the server closed the connection without an answer. */
export interface Answer {
  readonly status: number | undefined;
  readonly milliseconds: number;
  readonly body: Buffer;
}

const ANSWER_KEPT = 1 << 16;

function sendRaw(port: number, text: string, done: (status: number | undefined) => void): void {
  let answer = '';
  const socket = connect(port, '127.0.0.1', () => socket.end(text, 'latin1'));
  socket.on('data', (data) => (answer += data.toString('latin1')));
  socket.on('error', () => undefined);
  socket.on('close', () => done(Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]) || undefined));
}

/** Sends a request and waits for its answer, or for the end of the connection. */
export function send(port: number, hostile: HostileRequest): Promise<Answer> {
  const started = performance.now();
  return new Promise((resolve) => {
    const body: Buffer[] = [];
    let kept = 0;
    let status: number | undefined;
    const done = () =>
      resolve({ status, milliseconds: performance.now() - started, body: Buffer.concat(body) });
    if (hostile.raw !== undefined) {
      sendRaw(port, hostile.raw, (found) => {
        status = found;
        done();
      });
      return;
    }
    const { method, path, headers } = hostile;
    const outgoing = request(
      { host: '127.0.0.1', port, method, path: '/', headers },
      (response) => {
        status = response.statusCode;
        response.on('data', (chunk: Buffer) => {
          if ((kept += chunk.length) <= ANSWER_KEPT) body.push(chunk);
        });
        response.on('end', done);
        response.on('error', done);
      },
    );
    // The client's own check of paths would spare the server the worst of them.
    (outgoing as { path: string }).path = path;
    outgoing.on('error', done);
    if (hostile.abortAfter !== undefined && hostile.body) {
      outgoing.write(hostile.body.subarray(0, hostile.abortAfter), () => outgoing.destroy());
    } else outgoing.end(hostile.body);
  });
}
