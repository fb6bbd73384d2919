import { speakerOf } from '../engine/words/sentence.ts';

/** What a result lacks that was opened again, and what stands in its place, in English, by name. */
export const reopenSentences = {
  'reopened.report': 'Stored report',
  'reopened.stl': 'Stored STL',
  'reopened.report-lacks':
    'The report says nothing of the reconstruction: its warnings, agreement and rehearsal are not known.',
  'reopened.no-report':
    'There is no usable report: figures were measured again from the voxels, and rehearsal, agreement, judgement and most warnings are not known.',
  'reopened.designed-again':
    'The design of the implant is not stored whole: it is designed again by its stored parameters.',
  'reopened.no-checks':
    'The design behind the edited implant is not stored whole: there are no checks.',
  'reopened.no-checks-no-surface':
    'The design behind the edited implant is not stored whole: there are no checks, and its surface is drawn from its voxels.',
  'reopened.no-parameters':
    "The implant's parameters are not stored: it is shown as it is, without checks; the parameters are the defaults, and changing one designs it anew.",
  'reopened.other-skull':
    'The skull of this result ("{{recorded}}") is not in the study: "{{segment}}" stands in its place.',
  'reopened.taken-skull':
    'The result does not say which skull it was made from: it is taken to be "{{segment}}".',
  'reopened.not-shown': 'When it was stored, {{was}}; that is not shown: {{reason}}.',
  'reopened.not-there': 'what it was compared with is not in the study',
  'reopened.judged':
    'judged by "{{reference}}" the border was off by {{mean}} mm in the mean (95 %: {{high}} mm)',
  'reopened.judged-no-border': 'judged by "{{reference}}" the patch had no border with bone',
  'reopened.compared':
    '"{{first}}" and "{{second}}" overlapped by {{dice}} (Dice), {{apart}} mm apart',
} as const;

export const sayReopened = speakerOf(reopenSentences);
