import { useQuery } from '@tanstack/react-query'
import { largestSetupBytes } from '../../../shared/contract/setup.ts'
import { importPlanCommand } from '../../../shared/domain/setup-command.ts'
import { frameLimits } from '../../../shared/frames/call-frame.ts'
import { useClient } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Status } from '../../ui/status.tsx'
import { ImportPlan } from './import-plan.tsx'
import s from './settings.module.css'

/** What a window may send at once, with room for what goes around the text. */
function fitsOneCall(text: string): boolean {
  return new TextEncoder().encode(JSON.stringify(text)).byteLength < frameLimits.bytes - 4096
}

interface Props {
  readonly file: File
  readonly onDone: () => void
}

/** What the file would do here; nothing is done before it is asked for. */
export function ImportForm({ file, onDone }: Props) {
  const client = useClient()
  const read = useQuery({
    queryKey: ['setup file', file.name, file.size, file.lastModified],
    queryFn: async () => {
      // One byte more than is taken at all, and never a whole film.
      const text = await file.slice(0, largestSetupBytes + 1).text()
      return fitsOneCall(text) ? { text, plan: await client.setup.importPlan({ text }) } : null
    },
    gcTime: 0,
    staleTime: Infinity,
    retry: false,
  })
  if (read.isError) return <ErrorLine failure={failureOf(read.error)} />
  if (read.data === undefined) return <p>Reading {file.name}…</p>
  if (read.data !== null) return <ImportPlan fileName={file.name} {...read.data} onDone={onDone} />
  return (
    <div className={s['anchor']}>
      <Status tone="bad">It is larger than this window takes; nothing of it was read</Status>
      <p>A setup of a large fleet is imported on the command line, which takes up to 4 MiB.</p>
      <CommandLine command={importPlanCommand(file.name)} />
    </div>
  )
}
