/** A search that the store does not answer; the message is for the sender. */
export class QueryError extends Error {
  override name = 'QueryError';
}

/** Of all texts with wildcards in one parameter: a value of DICOM has at most some hundred characters. */
const LONGEST_WILDCARDS = 1024;

/**
 * Whether a text is what a pattern of DICOM's wildcards describes (`*`: any characters, `?`: any one). A star is
 * tried again only from the last one on, so there are never more than pattern × text steps, and the length of
 * patterns is limited: the time is linear in the text.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let afterStar = -1;
  let resume = 0;
  while (t < text.length) {
    if (pattern[p] === '*') {
      afterStar = ++p;
      resume = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (afterStar >= 0) {
      p = afterStar;
      t = ++resume;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

/**
 * A test for any of some texts, upper and lower case alike; texts may have wildcards.
 * @throws QueryError if those are too long
 */
export function matcherOf(alternatives: readonly string[]): (value: string) => boolean {
  const exact = new Set<string>();
  const patterns: string[] = [];
  for (const text of alternatives.map((alternative) => alternative.toLowerCase())) {
    if (/[*?]/.test(text)) patterns.push(text.replace(/\*+/g, '*'));
    else exact.add(text);
  }
  if (patterns.reduce((sum, { length }) => sum + length, 0) > LONGEST_WILDCARDS) {
    throw new QueryError(
      `A search text with wildcards has at most ${LONGEST_WILDCARDS} characters: search for less.`,
    );
  }
  // Most objects of a study share their values.
  const known = new Map<string, boolean>();
  return (value) => {
    const lower = value.toLowerCase();
    let found = known.get(lower);
    if (found === undefined) {
      found = exact.has(lower) || patterns.some((pattern) => matchesWildcard(pattern, lower));
      known.set(lower, found);
    }
    return found;
  };
}
