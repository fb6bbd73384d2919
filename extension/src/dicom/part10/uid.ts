/** A UID from 128 bits: `2.25.` and the bits as a decimal number (PS3.5, B.2). */
export function uidFromBytes(bytes: Uint8Array): string {
  let value = 0n;
  for (const byte of bytes.subarray(0, 16)) value = (value << 8n) | BigInt(byte);
  return `2.25.${value}`;
}

/** The UID of a name: always the same one, from a UUID of its SHA-256 (version 8, RFC 9562). */
export async function uidOfName(name: string): Promise<string> {
  const text = new TextEncoder().encode(name);
  const bytes = new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', text));
  bytes[6] = (bytes[6] & 0x0f) | 0x80;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return uidFromBytes(bytes);
}

/** A new UID from a random UUID (version 4). */
export function newUid(): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return uidFromBytes(bytes);
}
