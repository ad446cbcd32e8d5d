import { useMemo } from 'react'
import type { Backup } from '../../../shared/contract/backups.ts'
import { Button, CopyButton, SegmentedControl } from '../../ui/kit.ts'
import { bytesWords } from '../../../shared/domain/size-words.ts'
import { ManifestText } from './manifest-text.tsx'
import { ManifestTree } from './manifest-tree.tsx'
import { readManifestTree } from './model/manifest-tree.ts'
import s from './pane.module.css'

interface ViewProps {
  readonly view: 'tree' | 'text'
  readonly onView: (view: 'tree' | 'text') => void
}

export function ManifestTab({ backup, ...of }: ViewProps & { readonly backup: Backup }) {
  const text = backup.manifestText
  if (text === null)
    return (
      <p className={s['note']}>
        This format keeps no manifest beside the data: nothing is left to show here.
      </p>
    )
  return <Manifest text={text} assumed={backup.assumed} {...of} />
}

interface ManifestProps extends ViewProps {
  readonly text: string
  readonly assumed: string | null
}

function Manifest({ text, assumed, view, onView }: ManifestProps) {
  const reading = useMemo(() => readManifestTree(text), [text])
  const bytes = useMemo(() => new TextEncoder().encode(text).byteLength, [text])
  const shown = reading.ok ? view : 'text'
  return (
    <>
      <div className={s['tools']}>
        {reading.ok && (
          <SegmentedControl
            aria-label="Show the manifest as"
            data={[
              { value: 'tree', label: 'Tree' },
              { value: 'text', label: 'Text' },
            ]}
            value={view}
            onChange={(value) => onView(value === 'text' ? 'text' : 'tree')}
          />
        )}
        <p className={s['grow']}>{bytesWords(bytes)}, as it stands in the repository</p>
        <CopyButton value={text} timeout={1200}>
          {({ copied, copy }) => (
            <Button size="xs" variant="subtle" onClick={copy}>
              {copied ? 'Copied' : 'Copy as text'}
            </Button>
          )}
        </CopyButton>
      </div>
      {!reading.ok && <p className={s['note']}>The manifest is not JSON, so it is shown as text only.</p>}
      {assumed !== null && <p className={s['note']}>{assumed}</p>}
      {shown === 'tree' && reading.ok ? <ManifestTree nodes={reading.nodes} /> : <ManifestText text={text} />}
    </>
  )
}
