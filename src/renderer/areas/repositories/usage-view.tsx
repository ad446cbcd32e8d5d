import type { RepositoryUsage } from '../../../shared/contract/repositories.ts'
import { bytesWords, countWords } from '../../../shared/domain/size-words.ts'

import { CopyTable } from '../../ui/copy-table.tsx'
import { frame, Section } from '../../ui/frame.tsx'
import { Printable } from '../../ui/printable.tsx'
import { Age } from '../../ui/time.tsx'
import { savedShare, usageBars } from './model.ts'
import s from './repositories.module.css'

/** What the repository holds, what sharing saves, and what nothing points to. */
export function UsageView({ usage }: { readonly usage: RepositoryUsage }) {
  const saved = savedShare(usage)
  const bars = usageBars(usage)
  return (
    <>
      <Section
        note={<Age at={usage.asOf} ago />}
        end={
          bars.length > 0 && (
            <CopyTable
              name="usage"
              rows={bars}
              columns={[
                { head: 'By store', text: ({ name }) => name },
                { head: 'Objects', text: ({ objects }) => String(objects) },
                { head: 'Bytes', text: ({ bytes }) => String(bytes) },
              ]}
            />
          )
        }
      >
        Usage
      </Section>
      <p className={s['saving']}>
        <b>
          {countWords(usage.objects)} objects, {bytesWords(usage.storedBytes)}
        </b>{' '}
        for {countWords(usage.backups)} backups.
        {saved !== null && saved > 0.0005 && (
          <>
            {' '}
            Whole copies would take {bytesWords(usage.withoutSharingBytes)}: sharing saves{' '}
            {`${Math.round(saved * 100)}\u00a0%`}.
          </>
        )}
      </p>
      <div className={s['pair']} aria-hidden="true">
        <span>Stored</span>
        <span className={s['track']} data-full>
          <i style={{ width: `${100 * (1 - (saved ?? 0))}%` }} />
        </span>
        <span>{bytesWords(usage.storedBytes)}</span>
        <span className={s['dim']}>Whole copies</span>
        <span className={s['track']}>
          <i style={{ width: '100%' }} />
        </span>
        <span className={s['dim']}>{bytesWords(usage.withoutSharingBytes)}</span>
      </div>
      {bars.length > 0 && (
        <table className={frame.table} aria-label="Usage by store">
          <thead>
            <tr>
              <th>By store</th>
              <th data-r>Objects</th>
              <th data-r>Bytes</th>
              <th className={s['bar']}>
                <span className="vh">Share of the largest</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {bars.map(({ name, objects, bytes, share }) => (
              <tr key={name}>
                <td>
                  <Printable text={name} />
                </td>
                <td data-r>{countWords(objects)}</td>
                <td data-r>{bytesWords(bytes)}</td>
                <td>
                  <span className="vh">{Math.round(share * 100)} %</span>
                  <span className={s['track']} style={{ display: 'block' }}>
                    <i style={{ width: `${share * 100}%` }} />
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  )
}

export function Orphans({ orphans }: { readonly orphans: RepositoryUsage['orphans'] }) {
  const { objects, bytes, listed, note } = orphans
  return (
    <>
      <Section
        note={objects === 0 ? undefined : `${countWords(objects)}, ${bytesWords(bytes)}`}
        end={
          listed.length > 0 && (
            <CopyTable
              name="orphans"
              rows={listed}
              columns={[
                { head: 'Object', text: ({ key }) => key },
                { head: 'Bytes', text: ({ sizeBytes }) => String(sizeBytes) },
                { head: 'Written (UTC)', text: ({ modifiedAt }) => modifiedAt ?? '' },
              ]}
            />
          )
        }
      >
        Objects that no backup points to
      </Section>
      {objects === 0 && <p className={s['note']}>None: every object belongs to a backup that can be read.</p>}
      {note !== null && (
        <p className={s['note']}>
          <Printable text={note} />
        </p>
      )}
      {listed.length > 0 && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keyboard too
        <div className={s['scroll']} role="region" aria-label="Objects that no backup points to" tabIndex={0}>
          <table className={frame.table}>
            <thead>
              <tr>
                <th>Object</th>
                <th data-r>Size</th>
                <th data-r>Written</th>
              </tr>
            </thead>
            <tbody>
              {listed.map(({ key, sizeBytes, modifiedAt }) => (
                <tr key={key}>
                  <td className={s['clip']} title={key}>
                    <span className={s['key']}>
                      <Printable text={key} />
                    </span>
                  </td>
                  <td data-r>{bytesWords(sizeBytes)}</td>
                  <td data-r>{modifiedAt === null ? 'not known' : <Age at={modifiedAt} />}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {listed.length < objects && (
        <p className={s['note']}>The {countWords(listed.length)} largest are listed.</p>
      )}
      {objects > 0 && <p className={s['note']}>Holdfast deletes nothing here.</p>}
    </>
  )
}
