import type { PostureSummary } from '../../../shared/contract/clusters.ts'
import type { PostureCheckId } from '../../../shared/domain/posture-check.ts'
import type { Tone } from '../../ui/tone.ts'
import { postureTones } from './model.ts'

/** As short as a column is; what is wrong with it is told by the check itself. */
const notes: Readonly<Record<PostureCheckId, string>> = {
  keyLike: 'key beside data',
  publicAccess: 'open to others',
  transport: 'transport',
  versioning: 'versions',
  objectLock: 'object lock',
  lockDates: 'lock dates',
  deletion: 'deletion',
  encryption: 'encryption',
  lifecycle: 'lifecycle',
  storageClass: 'storage class',
  uploads: 'stray uploads',
  sameDisk: 'same disk',
  offlineCopy: 'offline copy',
}

interface PostureWords {
  readonly tone: Tone
  /** `7 of 11`: good ones of those that apply. */
  readonly figure: string
  /** The worst check; null where none is bad or a warning. */
  readonly note: string | null
}

/** A posture in a few words; what cannot be told is no fault, and not good. */
export function postureWordsOf(posture: PostureSummary | null): PostureWords {
  if (posture === null) return { tone: 'unknown', figure: 'Not judged', note: 'not looked at yet' }
  const { good, of, worst, verdict } = posture
  const note = worst === null ? null : notes[worst.id]
  return { tone: postureTones[verdict], figure: `${good} of ${of}`, note }
}
