import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { multipartOf } from '../support/multipart.ts';
import type { HostileRequest } from './client.ts';

const demo = fileURLToPath(new URL('../../viewer/demo/ct', import.meta.url));
const slices = readdirSync(demo)
  .sort()
  .map((name) => readFileSync(join(demo, name)));

/** Numbers that look random and are the same in every run (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Random = () => number;
const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)];
const times = (random: Random, most: number): number => 1 + Math.floor(random() * most);

const get = (name: string, path: string, headers = {}): HostileRequest => ({
  name,
  method: 'GET',
  path,
  headers: { Host: '127.0.0.1', ...headers },
});

const patterns = [
  '*',
  '*a',
  '?*',
  '*?',
  '(a+)+$',
  '*\\*',
  '**',
  '*^',
  '%2A',
  '%C3%A9*',
  'a,*',
  '[',
];

function wildcard(random: Random): HostileRequest {
  const level = pick(random, ['studies', 'series', 'instances']);
  const key = pick(random, [
    'PatientName',
    'PatientID',
    'StudyDescription',
    'StudyInstanceUID',
    'SOPInstanceUID',
    'StudyDate',
    '00100010',
    '__proto__',
    'limit',
    'offset',
  ]);
  const text = pick(random, patterns).repeat(times(random, pick(random, [10, 110, 1000])));
  const value = `${text}${pick(random, ['', 'b', '%', '^demo'])}`.slice(0, 12_000);
  return get(`wildcard ${key}`, `/dicomweb/${level}?${key}=${value}`);
}

const segments = [
  'models',
  'training',
  'dicomweb',
  'studies',
  '..',
  '.',
  '%2e%2e',
  '%252e%252e',
  '%2f',
  '%5c',
  '\\',
  '%00',
  '%',
  '%E0%A4%A',
  '%C0%AF',
  'MODELS',
  '%74raining',
  'app-config.js',
  'etc',
  'passwd',
  '1.2.3',
  'series',
  'instances',
  'frames',
  'metadata',
  'a'.repeat(300),
  '',
];

function encoding(random: Random): HostileRequest {
  const path = Array.from({ length: times(random, 12) }, () => `/${pick(random, segments)}`);
  const headers = pick(random, [
    {},
    { Origin: 'http://evil.example' },
    { 'Sec-Fetch-Site': 'cross-site' },
    { Host: 'evil.example' },
    { Host: '127.0.0.1.evil.example' },
    { Accept: 'application/dicom,'.repeat(300) },
    { Range: 'bytes=0-1,'.repeat(300) },
    { 'If-None-Match': '"x",'.repeat(300) },
    { Cookie: 'x'.repeat(20_000) },
  ]);
  const { name, ...rest } = get('encoding', path.join(''), headers);
  return { name, ...rest, method: pick(random, ['GET', 'GET', 'HEAD', 'OPTIONS', 'PUT', 'POST']) };
}

const rawRequests = [
  'GET / HTTP/1.1\r\n\r\n',
  'GET http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n',
  'GET * HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n',
  'POST /dicomweb/studies HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n',
  'POST /dicomweb/studies HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
  'POST /dicomweb/studies HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  '\0\0\0\0\r\n\r\n',
  `GET /${'a'.repeat(50_000)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`,
];

/** 8 MB of gzip that unpack to 8 GB. */
const bomb = Buffer.concat(Array(512).fill(gzipSync(Buffer.alloc(1 << 24))));

/** Nested sequences, or elements without number, after the meta information of a slice. */
function header(kind: 'nested' | 'many'): Buffer {
  const [slice] = slices;
  const start = slice.subarray(0, 144 + slice.readUInt32LE(140));
  const unit =
    kind === 'nested' ? '080040115351' + '0000ffffffff' + 'feff00e0ffffffff' : '0900010055490000';
  return Buffer.concat([
    start,
    Buffer.from(unit.repeat(kind === 'nested' ? 50_000 : 500_000), 'hex'),
  ]);
}
const badHeaders = [header('nested'), header('many')];

function damagedSlice(random: Random): Buffer {
  const slice = Buffer.from(pick(random, slices));
  for (let n = times(random, 20); n > 0; n--) {
    slice[Math.floor(random() * 3000)] = Math.floor(random() * 256);
  }
  return random() < 0.3 ? slice.subarray(0, Math.floor(random() * slice.length)) : slice;
}

function upload(name: string, body: Uint8Array, more: Partial<HostileRequest> = {}, headers = {}) {
  return {
    name,
    method: 'POST',
    path: '/dicomweb/studies',
    headers: { Host: '127.0.0.1', ...headers },
    body,
    ...more,
  };
}

function body(random: Random): HostileRequest {
  const bodyOf = (name: string, files: readonly Uint8Array[], more = {}, headers = {}) => {
    const { contentType, body } = multipartOf(files);
    return upload(name, body, more, { 'Content-Type': contentType, ...headers });
  };
  const damaged = damagedSlice(random);
  const { contentType } = multipartOf([]);
  const related = 'multipart/related; boundary=b';
  const sort = Math.floor(random() * 100);
  if (sort < 2) {
    return upload('gzip', bomb, {}, { 'Content-Type': contentType, 'Content-Encoding': 'gzip' });
  }
  if (sort < 4) return bodyOf('bad header', [pick(random, badHeaders)]);
  if (sort < 6) return bodyOf('6000 parts', Array(6000).fill(Buffer.from('x')));
  if (sort < 10) {
    return bodyOf(
      '3 GB announced',
      [damaged],
      { abortAfter: 999 },
      { 'Content-Length': '3000000000' },
    );
  }
  if (sort < 20) return bodyOf('gone midway', [damaged], { abortAfter: times(random, 5000) });
  if (sort < 30) {
    const head = `--b\r\n${pick(random, ['A: '.padEnd(40_000, 'x'), '\r\n', 'A'])}`;
    return upload('bad multipart', Buffer.from(head), {}, { 'Content-Type': related });
  }
  if (sort < 40) {
    const boundary = pick(random, ['b'.repeat(5000), '"', '', '\\', '--']);
    const headers = { 'Content-Type': `multipart/related; boundary=${boundary}` };
    return upload('bad boundary', Buffer.from('--b--'), {}, headers);
  }
  if (sort < 50) return upload('other origin', damaged, {}, { Origin: 'http://evil.example' });
  return bodyOf('damaged slices', [damaged, damagedSlice(random), pick(random, slices)]);
}

/** So many requests of all kinds, the same in every run. */
export function* hostileRequests(count: number): Generator<HostileRequest> {
  const random = randomFrom(15);
  for (let n = 0; n < count; n++) {
    const kind = random();
    if (kind < 0.4) yield wildcard(random);
    else if (kind < 0.75) yield encoding(random);
    else if (kind < 0.8) {
      yield { ...get('raw', ''), raw: pick(random, rawRequests) };
    } else yield body(random);
  }
}
