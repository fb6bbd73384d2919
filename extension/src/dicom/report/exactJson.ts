const special = { NaN, Infinity, '-Infinity': -Infinity } as const;

/** JSON that keeps numbers that JSON has none for, as strings of their names. */
export function toExactJson(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) =>
    typeof v === 'number' && !Number.isFinite(v) ? String(v) : v,
  );
}

/** @throws SyntaxError for what is no JSON */
export function fromExactJson(json: string): unknown {
  return JSON.parse(json, (_, v: unknown) =>
    typeof v === 'string' && Object.hasOwn(special, v) ? special[v as keyof typeof special] : v,
  );
}
