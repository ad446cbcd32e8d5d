import type { ReactNode } from 'react'
import type { Plan } from '../../../shared/contract/restore.ts'
import { bytesWords, countOf, spanWords } from '../../../shared/domain/size-words.ts'
import { exactWords } from '../../../shared/domain/time-words.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { CopyTable, type TextColumn } from '../../ui/copy-table.tsx'
import { Dash, Dashed } from '../../ui/dashed.tsx'
import { Facts, Section, frame } from '../../ui/frame.tsx'
import { BackupId, hashGroups } from '../../ui/hash.tsx'
import * as Icon from '../../ui/icons.tsx'
import { levelWords } from '../../../shared/domain/level.ts'
import { Printable } from '../../ui/printable.tsx'
import { Age } from '../../ui/time.tsx'
import { wizardStyles as w } from '../../ui/wizard.tsx'
import { Lead } from './confirm-step.tsx'
import s from './restore.module.css'

/** What will be lost, replaced and done, in words and numbers. */
export function PlanStep({ cluster, plan }: { readonly cluster: string; readonly plan: Plan }) {
  const replaced = plan.rows.filter(({ thereNow }) => thereNow !== null).length
  return (
    <>
      <h2 className={w['pageTitle']}>
        <Printable text={cluster} /> as of{' '}
        {plan.createdAt === null ? 'a time that is not known' : exactWords(plan.createdAt)} is written into a
        folder.
      </h2>
      <p className={w['lead']}>
        {countOf(plan.rows.filter(({ becomes }) => becomes !== 'movedAside').length, 'item')} are written into{' '}
        <Printable text={plan.targetDir} />
        {replaced > 0 && `, ${countOf(replaced, 'name')} there ${replaced === 1 ? 'is' : 'are'} replaced`}; no
        cluster is touched.
      </p>
      <Section>What is lost</Section>
      <Dashed>
        {plan.lost.map(({ text, grave }) => (
          <Dash key={text} isLost={grave}>
            {grave ? <Lead text={text} /> : <Printable text={text} />}
          </Dash>
        ))}
      </Dashed>
      <Section
        note={
          <>
            in <Printable text={plan.targetDir} />
          </>
        }
        end={<CopyTable name="replaced" columns={replacedColumns} rows={replacedRows(plan)} />}
      >
        What is replaced
      </Section>
      <ReplacedTable plan={plan} />
      <Section
        note="in this order, each one journalled; paths are below the target"
        end={<CopyTable name="steps" columns={stepColumns} rows={plan.steps} />}
      >
        Steps
      </Section>
      <StepsTable plan={plan} />
      <p className={w['fail']}>
        <b>If a step fails,</b> the steps before it are undone in reverse, and the target stands as it is now.
      </p>
    </>
  )
}

/** Sentences, so they wrap; what needs no undoing says so without a sign. */
function StepsTable({ plan: { steps, targetDir } }: { readonly plan: Plan }) {
  return (
    <table className={`${frame.table} ${s['steps']}`} aria-label="Steps">
      <thead>
        <tr>
          <th scope="col" className={s['place']}>
            #
          </th>
          <th scope="col" className={s['does']}>
            Does
          </th>
          <th scope="col">Touches</th>
          <th scope="col">Undo</th>
        </tr>
      </thead>
      <tbody>
        {steps.map(({ does, touches, undo }, place) => {
          const isNeeded = !undo.startsWith('Not needed')
          const isPath = touches.startsWith(targetDir)
          return (
            <tr key={does}>
              <td className={w['num']}>{place + 1}</td>
              <td className={w['act']}>
                <Printable text={does} />
              </td>
              <td className={isPath ? 'mono' : undefined}>
                <Printable text={touches.replaceAll(`${targetDir}/`, '')} />
              </td>
              <td>
                {isNeeded ? (
                  <span className={s['undo']}>
                    <Icon.Undo size={13} />
                    <Printable text={undo} />
                  </span>
                ) : (
                  <span className={w['keep']}>
                    <Printable text={undo} />
                  </span>
                )}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

const becomesWords: Readonly<Record<Plan['rows'][number]['becomes'], string>> = {
  new: 'new',
  replaced: 'replaced, old kept aside',
  movedAside: 'moved aside: the backup has none',
  written: 'written about this restore',
}

interface ReplacedRow {
  readonly name: string
  readonly now: string
  readonly from: string
  readonly becomes: string
  readonly isUntouched: boolean
}

function replacedRows({ rows, untouched }: Plan): readonly ReplacedRow[] {
  return [
    ...rows.map(({ name, thereNow, fromBackup, becomes }) => ({
      name,
      now: thereNow === null ? 'nothing' : `a ${thereNow.kind}`,
      from:
        fromBackup === null
          ? '–'
          : `${bytesWords(fromBackup.sizeBytes)}${fromBackup.files === 1 ? '' : `, ${countOf(fromBackup.files, 'file')}`}`,
      becomes: becomesWords[becomes],
      isUntouched: false,
    })),
    ...untouched.map((name) => ({
      name,
      now: 'there',
      from: '–',
      becomes: 'left as it is',
      isUntouched: true,
    })),
  ]
}

const replacedColumns: readonly TextColumn<ReplacedRow>[] = [
  { head: 'Name', text: ({ name }) => name },
  { head: 'There now', text: ({ now }) => now },
  { head: 'From backup', text: ({ from }) => from },
  { head: 'Becomes', text: ({ becomes }) => becomes },
]

const stepColumns: readonly TextColumn<Plan['steps'][number]>[] = [
  { head: 'Does', text: ({ does }) => does },
  { head: 'Touches', text: ({ touches }) => touches },
  { head: 'Undo', text: ({ undo }) => undo },
]

function ReplacedTable({ plan }: { readonly plan: Plan }) {
  return (
    <table className={`${frame.table} ${w['tight']} ${s['replaced']}`} aria-label="What is replaced">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">There now</th>
          <th scope="col" data-r>
            From backup
          </th>
          <th scope="col">Becomes</th>
        </tr>
      </thead>
      <tbody>
        {replacedRows(plan).map(({ name, now, from, becomes, isUntouched }) => (
          <tr key={`${isUntouched} ${name}`} className={isUntouched ? w['keep'] : undefined}>
            <td className="mono">
              <Printable text={name} />
            </td>
            <td>{now}</td>
            <td data-r>{from}</td>
            <td className={isUntouched ? undefined : w['act']}>{becomes}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** The plan's hash, whole, its facts, and the same on the command line. */
export function PlanAside({
  plan,
  command,
  isConfirming,
}: {
  readonly plan: Plan
  readonly command: string
  readonly isConfirming: boolean
}) {
  const groups = hashGroups(plan.hash).split(' ')
  return (
    <>
      <div className={w['plan']}>
        <h2>Plan, SHA-256</h2>
        <pre>{[0, 4, 8, 12].map((from) => groups.slice(from, from + 4).join(' ')).join('\n')}</pre>
        <p>
          {isConfirming
            ? 'Same plan as on the page before. It is checked again before the first step.'
            : `Made ${plan.madeAt.slice(11, 19)} UTC. The run does exactly this plan, or stops before the first change.`}
        </p>
      </div>
      <Facts of={[...common(plan), ...(isConfirming ? confirmFacts : planFacts(plan))]} />
      <div className={w['gap']} />
      <CommandLine command={command} />
    </>
  )
}

type Fact = readonly [string, ReactNode]

function common(plan: Plan): readonly Fact[] {
  return [
    ['Backup', <BackupId key="id" id={plan.backupId} />],
    ['Target', <Printable key="target" text={plan.targetDir} />],
  ]
}

const confirmFacts: readonly Fact[] = [
  ['Safety copy', 'beside the target, <name>.before-restore-<time>'],
  ['Audit', 'one entry before the run and one after it, with the reason and this hash'],
]

function planFacts(plan: Plan): readonly Fact[] {
  const readBytes = plan.objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  return [
    ['Reads', `${countOf(plan.objects.length, 'object')}, ${bytesWords(readBytes)}`],
    [
      'Proved',
      <span key="proved">
        {levelWords[plan.level]}
        {plan.verifiedAt !== null && (
          <>
            , <Age at={plan.verifiedAt} ago />
          </>
        )}
      </span>,
    ],
    ['Space', `${bytesWords(plan.freeBytes)} free, ${bytesWords(plan.spaceBytes)} needed`],
    [
      'Time',
      <span key="time">
        {plan.estimateMs === null ? 'not known' : `about ${spanWords(plan.estimateMs)}`}
        <small className={s['source']}>{plan.estimateSource}</small>
      </span>,
    ],
    ['Owner', plan.owner],
    ['Modes', plan.modes],
    ['Way back', 'one click, until the copies kept aside are removed'],
  ]
}
