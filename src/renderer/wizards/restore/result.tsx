import type { JobResult } from '../../../shared/contract/jobs.ts'
import { commandLine } from '../../../shared/domain/command-line.ts'
import { bytesWords, countWords } from '../../../shared/domain/size-words.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { CopyTable } from '../../ui/copy-table.tsx'
import { Dash, Dashed } from '../../ui/dashed.tsx'
import { Section, frame } from '../../ui/frame.tsx'
import { Printable } from '../../ui/printable.tsx'
import { wizardStyles as w } from '../../ui/wizard.tsx'

type Of<Kind extends JobResult['kind']> = Extract<JobResult, { kind: Kind }>

/** What a restore has put in place, what it moved aside, and the way back. */
export function RestoreInPlace({ result }: { readonly result: Of<'restore'> }) {
  return (
    <>
      {result.recovered !== null && <p className={w['lead']}>{result.recovered}</p>}
      <Section
        note={<Printable text={result.targetDir} />}
        end={
          <CopyTable
            name="restored"
            rows={result.items}
            columns={[
              { head: 'Name', text: ({ name }) => name },
              { head: 'Files', text: ({ files }) => String(files) },
              { head: 'Bytes', text: ({ sizeBytes }) => String(sizeBytes) },
              { head: 'Kept aside as', text: ({ name }) => asideOf(result, name) ?? '' },
            ]}
          />
        }
      >
        In place
      </Section>
      <table className={`${frame.table} ${w['tight']} ${w['narrowTable']}`} aria-label="In place">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col" data-r>
              Files
            </th>
            <th scope="col" data-r>
              Size
            </th>
            <th scope="col">Kept aside as</th>
          </tr>
        </thead>
        <tbody>
          {result.items.map(({ name, files, sizeBytes }) => (
            <tr key={name}>
              <td className="mono">
                <Printable text={name} />
              </td>
              <td data-r>{countWords(files)}</td>
              <td data-r>{bytesWords(sizeBytes)}</td>
              <td>
                <KeptAside to={asideOf(result, name)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <MovedAside
        moved={result.movedAside.filter((moved) => !result.items.some(({ name }) => name === moved.name))}
      />
      <div className={w['gap']} />
      <CommandLine
        label="The way back on the command line"
        command={commandLine(['holdfast', 'restore', '--rollback', '--target', result.targetDir])}
      />
    </>
  )
}

function asideOf({ movedAside }: Of<'restore'>, name: string): string | undefined {
  return movedAside.find((moved) => moved.name === name)?.to
}

function KeptAside({ to }: { readonly to: string | undefined }) {
  if (to === undefined) return <span className={w['keep']}>nothing stood there</span>
  return (
    <code className="mono">
      <Printable text={to} />
    </code>
  )
}

export function RolledBack({ result }: { readonly result: Of<'rollback'> }) {
  return (
    <>
      <Section note={<Printable text={result.targetDir} />}>Back in place</Section>
      <p className={w['backIn']}>
        <Printable
          text={result.returned.length === 0 ? 'Nothing stood there before.' : result.returned.join(', ')}
        />
      </p>
      <MovedAside moved={result.movedAside} />
    </>
  )
}

function MovedAside({
  moved,
}: {
  readonly moved: readonly { readonly name: string; readonly to: string }[]
}) {
  if (moved.length === 0) return null
  return (
    <>
      <Section note="nothing was deleted">Kept aside</Section>
      <Dashed>
        {moved.map(({ name, to }) => (
          <Dash key={name}>
            What stood as{' '}
            <b>
              <Printable text={name} />
            </b>{' '}
            is now{' '}
            <code className="mono">
              <Printable text={to} />
            </code>
          </Dash>
        ))}
      </Dashed>
    </>
  )
}
