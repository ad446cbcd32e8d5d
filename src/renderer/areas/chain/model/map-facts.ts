import { months } from '../../../../shared/domain/time-words.ts'
import type { Chain } from '../../../../shared/contract/backups.ts'

/** Two backups of one day: their rows need the time of day where their ids are not shown. */
export function hasSeveralADay({ backups }: Chain): boolean {
  return backups.some((backup, place) => {
    const older = backups[place + 1]?.createdAt
    return (
      backup.createdAt !== null &&
      older !== null &&
      older !== undefined &&
      backup.createdAt.slice(0, 10) === older.slice(0, 10)
    )
  })
}

/** Where a month begins among all backups, newest first; a January is told by its year. */
export function monthMarks({ backups }: Chain): readonly { readonly at: number; readonly text: string }[] {
  const marks: { at: number; text: string }[] = []
  let last = ''
  backups.forEach(({ createdAt }, place) => {
    const month = createdAt?.slice(0, 7) ?? last
    if (month === last) return
    const name = months[Number(month.slice(5)) - 1] ?? ''
    marks.push({ at: place / backups.length, text: name === 'Jan' ? month.slice(0, 4) : name })
    last = month
  })
  return marks
}

/** Objects that are damaged or gone and that some backup points to, most users first. */
export function lostObjects({ objects }: Chain): readonly number[] {
  return objects
    .flatMap((object, at) =>
      object.users > 0 && (object.state === 'damaged' || object.state === 'missing') ? [at] : [],
    )
    .sort((a, b) => (objects[b]?.users ?? 0) - (objects[a]?.users ?? 0))
}
