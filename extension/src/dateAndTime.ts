const two = (value: number): string => String(value).padStart(2, '0');

/** Local date and time, for people. */
export function dateAndTime(at: Date): string {
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}
