import { memo } from 'react'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import type { JudgedHealth } from '../../../shared/domain/cluster-health.ts'
import { bytesWords, countWords } from '../../../shared/domain/size-words.ts'
import s from './fleet.module.css'

interface Props {
  readonly fleet: readonly JudgedHealth<Cluster>[]
}

/** Four figures of the whole fleet, from its repositories alone. */
export const FleetFacts = memo(function FleetFacts({ fleet }: Props) {
  const looks = fleet.flatMap(({ cluster }) => (cluster.look === null ? [] : [cluster.look]))
  const sum = (of: (look: (typeof looks)[number]) => number): number =>
    looks.reduce((total, look) => total + of(look), 0)
  const days = looks.flatMap((look) => look.days)
  const count = (outcome: string): number => days.filter((day) => day.outcome === outcome).length
  const faults = [
    [count('missed'), 'missed'],
    [count('failed'), 'failed'],
    [count('empty'), 'empty'],
  ] as const
  const words = faults.filter(([n]) => n > 0).map(([n, word]) => `${n} ${word}`)
  const onTarget = fleet.filter(({ health }) => health.ratio !== null && health.ratio <= 1).length
  const facts = [
    [
      'Days with a backup',
      countWords(count('done') + count('late')),
      [`of ${countWords(days.length - count('none') - count('today'))}`, ...words].join(', '),
    ],
    [
      'Backups',
      countWords(sum((look) => look.backups)),
      `${countWords(sum((look) => look.restorable))} proved restorable`,
    ],
    ['Within target', `${onTarget}`, `of ${fleet.length} clusters`],
    [
      'Stored',
      bytesWords(sum((look) => look.storedBytes)),
      `${countWords(sum((look) => look.objects))} objects`,
    ],
  ] as const
  return (
    <dl className={s['facts']}>
      {facts.map(([name, figure, note]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {figure} <span>{note}</span>
          </dd>
        </div>
      ))}
    </dl>
  )
})
