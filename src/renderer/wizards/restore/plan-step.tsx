import type { Plan } from '../../../shared/contract/restore.ts'
import { bytesWords, countOf } from '../../../shared/domain/size-words.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { Facts, Section, frame } from '../../ui/frame.tsx'
import { BackupId, hashGroups } from '../../ui/hash.tsx'
import * as Icon from '../../ui/icons.tsx'
import { levelWords } from '../../ui/ladder.tsx'
import { Age, momentWords } from '../../ui/time.tsx'
import { wizardStyles as w } from '../../ui/wizard.tsx'
import s from './restore.module.css'

/** What will be lost, replaced and done, in words and numbers. */
export function PlanStep({ plan }: { readonly plan: Plan }) {
  return (
    <>
      <h2 className={w['pageTitle']}>
        {plan.cluster ?? plan.targetDir} goes back to{' '}
        {plan.createdAt === null
          ? 'a time that is not known'
          : momentWords(plan.createdAt, Date.parse(plan.madeAt))}
        .
      </h2>
      <p className={w['lead']}>
        {countOf(plan.rows.filter(({ becomes }) => becomes !== 'movedAside').length, 'item')} are written into{' '}
        {plan.targetDir}; no cluster is touched.
      </p>
      <Section>What is lost</Section>
      <ul className={w['words']}>
        {plan.lost.map(({ text, grave }) => (
          <li key={text} data-lost={grave || undefined}>
            <span>{text}</span>
          </li>
        ))}
      </ul>
      <Section note={`in ${plan.targetDir}`}>What is replaced</Section>
      <ReplacedTable plan={plan} />
      <Section note="in this order, each one journalled">Steps</Section>
      <table className={`${frame.table} ${w['tight']} ${s['steps']}`}>
        <thead>
          <tr>
            <th scope="col">
              <span className={w['num']}>#</span>
            </th>
            <th scope="col">Does</th>
            <th scope="col" className={w['hideNarrow']}>
              Touches
            </th>
            <th scope="col">Undo</th>
          </tr>
        </thead>
        <tbody>
          {plan.steps.map(({ does, touches, undo }, place) => (
            <tr key={does}>
              <td className={w['num']}>{place + 1}</td>
              <td className={w['act']}>{does}</td>
              <td className={w['hideNarrow']}>{touches}</td>
              <td>
                <span className={w['undo']}>
                  <Icon.Undo size={13} />
                  {undo}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={w['fail']}>
        <b>If a step fails,</b> the steps before it are undone in reverse, and the target stands as it is now.
      </p>
    </>
  )
}

const becomesWords: Readonly<Record<Plan['rows'][number]['becomes'], string>> = {
  new: 'new',
  replaced: 'replaced, old kept aside',
  movedAside: 'moved aside: the backup has none',
  written: 'written about this restore',
}

function ReplacedTable({ plan }: { readonly plan: Plan }) {
  return (
    <table className={`${frame.table} ${w['tight']}`}>
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
        {plan.rows.map(({ name, thereNow, fromBackup, becomes }) => (
          <tr key={name}>
            <td className="mono">{name}</td>
            <td>{thereNow === null ? 'nothing' : `a ${thereNow.kind}`}</td>
            <td data-r>
              {fromBackup === null
                ? '–'
                : `${bytesWords(fromBackup.sizeBytes)}${fromBackup.files === 1 ? '' : `, ${countOf(fromBackup.files, 'file')}`}`}
            </td>
            <td className={w['act']}>{becomesWords[becomes]}</td>
          </tr>
        ))}
        {plan.untouched.map((name) => (
          <tr key={`untouched ${name}`} className={w['keep']}>
            <td className="mono">{name}</td>
            <td>there</td>
            <td data-r>–</td>
            <td>left as it is</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** The plan's hash, whole, its facts, and the same on the command line. */
export function PlanAside({ plan, note }: { readonly plan: Plan; readonly note: string }) {
  const groups = hashGroups(plan.hash).split(' ')
  return (
    <>
      <div className={w['plan']}>
        <h2>Plan, SHA-256</h2>
        <pre>{[0, 4, 8, 12].map((from) => groups.slice(from, from + 4).join(' ')).join('\n')}</pre>
        <p>{note}</p>
      </div>
      <Facts
        of={[
          ['Backup', <BackupId key="id" id={plan.backupId} />],
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
          [
            'Reads',
            `${countOf(plan.objects.length, 'object')}, ${bytesWords(plan.objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0))}`,
          ],
          ['Target', plan.targetDir],
          ['Space', `${bytesWords(plan.freeBytes)} free, ${bytesWords(plan.spaceBytes)} needed`],
          ['Owner', plan.owner],
          ['Modes', plan.modes],
          ['Way back', 'one click, until the copies kept aside are removed'],
        ]}
      />
      <div className={w['gap']} />
      <CommandLine command={plan.commandLine} />
    </>
  )
}
