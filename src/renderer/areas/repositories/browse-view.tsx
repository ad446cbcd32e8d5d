import { useQuery } from '@tanstack/react-query'
import type { BrowsePage } from '../../../shared/contract/repositories.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { countWords, bytesWords } from '../../../shared/domain/size-words.ts'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { CopyTable, type TextColumn } from '../../ui/copy-table.tsx'
import { frame, Section } from '../../ui/frame.tsx'
import { UnstyledButton } from '../../ui/kit.ts'
import { Printable } from '../../ui/printable.tsx'
import { Age } from '../../ui/time.tsx'
import { crumbsOf } from './model.ts'
import s from './repositories.module.css'

interface BrowseViewProps {
  readonly repositoryId: string
  readonly prefix: string
  readonly onPrefix: (prefix: string) => void
}

/** Of the table as text. */
const columns: readonly TextColumn<BrowsePage['folders'][number] | BrowsePage['objects'][number]>[] = [
  { head: 'Name', text: (row) => ('key' in row ? row.key : row.prefix) },
  { head: 'Bytes', text: (row) => ('key' in row ? String(row.sizeBytes) : 'folder') },
  { head: 'Written (UTC)', text: (row) => ('key' in row ? (row.modifiedAt ?? '') : '') },
  { head: 'Backups', text: (row) => ('key' in row ? String(row.backups) : '') },
]

/** The objects of a repository, folder by folder, as its listing names them. */
export function BrowseView({ repositoryId, prefix, onPrefix }: BrowseViewProps) {
  const desk = useDesk()
  const page = useQuery(desk.repositories.browse.queryOptions({ input: { id: repositoryId, prefix } }))
  return (
    <>
      <Section
        end={
          page.data !== undefined && (
            <CopyTable name="objects" columns={columns} rows={[...page.data.folders, ...page.data.objects]} />
          )
        }
      >
        Browse
      </Section>
      <nav className={s['crumbs']} aria-label="Folder">
        <UnstyledButton onClick={() => onPrefix('')} aria-current={prefix === '' ? 'page' : undefined}>
          /
        </UnstyledButton>
        {crumbsOf(prefix).map((crumb) => (
          <UnstyledButton
            key={crumb.prefix}
            onClick={() => onPrefix(crumb.prefix)}
            aria-current={crumb.prefix === prefix ? 'page' : undefined}
          >
            <Printable text={crumb.name} />/
          </UnstyledButton>
        ))}
      </nav>
      {page.isError && <ErrorLine failure={failureOf(page.error)} />}
      {page.data === undefined && !page.isError && <p className={s['note']}>Listing.</p>}
      {page.data !== undefined && page.data.folders.length + page.data.objects.length === 0 && (
        <p className={s['note']}>Nothing lies under this prefix.</p>
      )}
      {page.data !== undefined && page.data.folders.length + page.data.objects.length > 0 && (
        <table className={frame.table} aria-label="What lies in this folder">
          <thead>
            <tr>
              <th>Name</th>
              <th data-r>Size</th>
              <th data-r>Written</th>
              <th data-r>Backups</th>
            </tr>
          </thead>
          <tbody>
            {page.data.folders.map((folder) => (
              <tr key={folder.prefix}>
                <td className={s['clip']} title={folder.prefix}>
                  <UnstyledButton className={s['folder']} onClick={() => onPrefix(folder.prefix)}>
                    <Printable text={folder.name} />
                  </UnstyledButton>
                </td>
                <td colSpan={3} className={s['dim']}>
                  folder
                </td>
              </tr>
            ))}
            {page.data.objects.map((object) => (
              <tr key={object.key}>
                <td className={s['clip']} title={object.key}>
                  <span className={s['key']}>
                    <Printable text={object.name} />
                  </span>
                </td>
                <td data-r>{bytesWords(object.sizeBytes)}</td>
                <td data-r>{object.modifiedAt === null ? 'not known' : <Age at={object.modifiedAt} />}</td>
                <td data-r className={object.backups === 0 ? s['dim'] : undefined}>
                  {object.backups === 0 ? 'none' : countWords(object.backups)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {page.data?.cut === true && (
        <p className={s['note']}>There is more here; the first 1 000 entries are shown.</p>
      )}
    </>
  )
}
