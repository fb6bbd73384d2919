import type { JsonDataset, JsonElement } from '../dicom/jsonModel.ts';
import { Tag, tagsByKeyword } from '../dicom/tags.ts';
import type { StoredInstance } from './fileStore.ts';
import { matcherOf } from './match.ts';

/** Query parameters as the URL gave them. */
export type Query = Readonly<Record<string, string>>;

const STUDY_TAGS = [
  Tag.SpecificCharacterSet,
  Tag.StudyDate,
  Tag.StudyTime,
  Tag.AccessionNumber,
  Tag.ReferringPhysicianName,
  Tag.StudyDescription,
  Tag.PatientName,
  Tag.PatientID,
  Tag.PatientBirthDate,
  Tag.PatientSex,
  Tag.StudyInstanceUID,
  Tag.StudyID,
];
const SERIES_TAGS = [
  ...STUDY_TAGS,
  Tag.Modality,
  Tag.SeriesDescription,
  Tag.SeriesInstanceUID,
  Tag.SeriesNumber,
  Tag.FrameOfReferenceUID,
];

function groupBy<T>(items: readonly T[], key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return [...groups.values()];
}

function pick(source: JsonDataset, tags: readonly string[]): JsonDataset {
  return Object.fromEntries(tags.filter((tag) => source[tag]).map((tag) => [tag, source[tag]]));
}

const count = (value: number): JsonElement => ({ vr: 'IS', Value: [value] });
const online: JsonElement = { vr: 'CS', Value: ['ONLINE'] };

function modalitiesOf(items: readonly StoredInstance[]): string[] {
  return [...new Set(items.map((item) => String(item.attributes[Tag.Modality]?.Value?.[0] ?? '')))]
    .filter(Boolean)
    .sort();
}

/** One answer a study. */
export function describeStudies(items: readonly StoredInstance[]): JsonDataset[] {
  return groupBy(items, (item) => item.study).map((study) => ({
    ...pick(study[0].attributes, STUDY_TAGS),
    [Tag.InstanceAvailability]: online,
    [Tag.ModalitiesInStudy]: { vr: 'CS', Value: modalitiesOf(study) },
    [Tag.NumberOfStudyRelatedSeries]: count(new Set(study.map((item) => item.series)).size),
    [Tag.NumberOfStudyRelatedInstances]: count(study.length),
  }));
}

/** One answer a series. */
export function describeSeries(items: readonly StoredInstance[]): JsonDataset[] {
  return groupBy(items, (item) => item.series).map((series) => ({
    ...pick(series[0].attributes, SERIES_TAGS),
    [Tag.InstanceAvailability]: online,
    [Tag.NumberOfSeriesRelatedInstances]: count(series.length),
  }));
}

/** One answer an object. */
export function describeInstances(items: readonly StoredInstance[]): JsonDataset[] {
  return items.map((item) => ({ ...item.attributes, [Tag.InstanceAvailability]: online }));
}

function textsOf(element: JsonElement | undefined): string[] {
  return (element?.Value ?? []).map((value) =>
    value && typeof value === 'object' && 'Alphabetic' in value
      ? String(value.Alphabetic)
      : String(value ?? ''),
  );
}

function matchesDate(wanted: string, found: string): boolean {
  if (!wanted.includes('-')) return wanted === found;
  const [from, to] = wanted.split('-');
  return found !== '' && (!from || found >= from) && (!to || found <= to);
}

type Matcher = (answer: JsonDataset) => boolean;

function matcherFor(tag: string, wanted: string): Matcher {
  const matches = matcherOf(wanted.split(tag === Tag.PatientName ? '\\' : /[\\,]/));
  return (answer) => {
    const element = answer[tag];
    const found = textsOf(element);
    return element?.vr === 'DA' || tag === Tag.StudyDate
      ? found.some((value) => matchesDate(wanted, value))
      : found.some(matches);
  };
}

function tagOf(name: string): string | undefined {
  if (/^[0-9a-f]{8}$/i.test(name)) return name.toUpperCase();
  return Object.hasOwn(tagsByKeyword, name) ? tagsByKeyword[name] : undefined;
}

/**
 * Filters and pages answers as the query asks. Parameters that are not attributes of the store are ignored.
 * @throws QueryError if a search text is too long
 */
export function applyQuery(answers: readonly JsonDataset[], query: Query): JsonDataset[] {
  let result = [...answers];
  for (const [name, wanted] of Object.entries(query)) {
    const tag = tagOf(name);
    if (tag && wanted !== '' && wanted !== '*') result = result.filter(matcherFor(tag, wanted));
  }
  const offset = Math.max(0, Number.parseInt(query.offset ?? '0', 10) || 0);
  const limit = Math.max(0, Number.parseInt(query.limit ?? '', 10));
  return result.slice(offset, Number.isFinite(limit) ? offset + limit : undefined);
}
