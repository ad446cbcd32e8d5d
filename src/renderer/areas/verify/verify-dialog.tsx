import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { VerifyCost } from '../../../shared/contract/verify.ts'
import { levelWords, verifiableLevels, type VerifiableLevel } from '../../../shared/domain/level.ts'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { Age } from '../../ui/time.tsx'
import { countOf, countWords, spanWords, bytesWords } from '../../../shared/domain/size-words.ts'
import { levelMeanings } from '../../ui/ladder.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Button, Checkbox, DialogFoot, Modal } from '../../ui/kit.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { selectionOf, type What } from './model.ts'
import s from './verify.module.css'

interface VerifyDialogProps {
  readonly cluster: Cluster
  /** Backups that the asker has in hand, with the words for them. */
  readonly these: { readonly backupIds: readonly string[]; readonly words: string } | null
  readonly recheck: boolean
  readonly onClose: () => void
  readonly onStarted: (jobId: string) => void
}

/** What to verify, how far, and what that costs; nothing is read before Start. */
export function VerifyDialog(props: VerifyDialogProps) {
  const { cluster, these, onClose, onStarted } = props
  const backups = cluster.look?.backups ?? 0
  const desk = useDesk()
  const [what, setWhat] = useState<What>(these === null ? 'all' : 'these')
  const [level, setLevel] = useState<VerifiableLevel | null>(null)
  const [recheck, setRecheck] = useState(props.recheck)
  const [byTool, setByTool] = useState(false)
  const request = {
    clusterId: cluster.id,
    selection: selectionOf(what, these?.backupIds ?? []),
    level,
    recheck,
    byTool,
  }
  const cost = useQuery({
    ...desk.verify.cost.queryOptions({ input: request }),
    staleTime: 0,
    // The box of the tool stays where it is while another choice is counted.
    placeholderData: keepPreviousData,
  })
  const tool = cost.data?.tool ?? null
  const counted = cost.isPlaceholderData ? undefined : cost.data
  const start = useMutation(desk.verify.start.mutationOptions({ onSuccess: ({ jobId }) => onStarted(jobId) }))
  return (
    <Modal opened onClose={onClose} title={`Verify ${cluster.name}`} size={620}>
      <fieldset className={s['group']}>
        <legend>What</legend>
        {these !== null && (
          <Choice name="what" isOn={what === 'these'} onPick={() => setWhat('these')} words={these.words} />
        )}
        <Choice
          name="what"
          isOn={what === 'latest'}
          onPick={() => setWhat('latest')}
          words="The newest backup"
        />
        <Choice
          name="what"
          isOn={what === 'all'}
          onPick={() => setWhat('all')}
          words={backups === 1 ? 'The only backup' : `All ${countOf(backups, 'backup')}`}
          means="an object that several share is read once"
        />
      </fieldset>
      <fieldset className={s['group']}>
        <legend>How far</legend>
        <Choice
          name="level"
          isOn={level === null}
          onPick={() => setLevel(null)}
          words="As far as the format and the keys allow"
        />
        {verifiableLevels.map((one) => (
          <Choice
            key={one}
            name="level"
            isOn={level === one}
            onPick={() => setLevel(one)}
            words={levelWords[one]}
            means={levelMeanings[one]}
          />
        ))}
      </fieldset>
      <Checkbox
        size="sm"
        label="Read again what an earlier run has read"
        checked={recheck}
        onChange={(event: React.ChangeEvent<HTMLInputElement>) => setRecheck(event.currentTarget.checked)}
        mb={tool === null ? 14 : 6}
      />
      {tool !== null && (
        <Checkbox
          size="sm"
          label={`First let ${tool.name} verify what it keeps, on its host`}
          checked={byTool}
          onChange={(event: React.ChangeEvent<HTMLInputElement>) => setByTool(event.currentTarget.checked)}
          mb={14}
        />
      )}
      <section className={s['cost']} aria-label="What it costs" aria-live="polite">
        {cost.isError ? (
          <ErrorLine failure={failureOf(cost.error)} />
        ) : counted === undefined ? (
          <p>Counting what has to be read.</p>
        ) : (
          <Cost cost={counted} byTool={byTool} />
        )}
      </section>
      {start.isError && <ErrorLine failure={failureOf(start.error)} />}
      <DialogFoot note="Nothing in the repository is changed.">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          variant="filled"
          disabled={counted === undefined || start.isPending}
          onClick={() => start.mutate(request)}
        >
          Start
        </Button>
      </DialogFoot>
    </Modal>
  )
}

function Cost({ cost, byTool }: { readonly cost: VerifyCost; readonly byTool: boolean }) {
  const notes = [...cost.notes, ...(byTool ? (cost.tool?.says ?? []) : [])]
  const objects = `${countWords(cost.objects)} ${cost.objects === 1 ? 'object' : 'objects'}`
  return (
    <>
      <h3>
        {cost.objects === 0
          ? 'Nothing has to be read.'
          : `Reads ${objects}, ${bytesWords(cost.bytes)}${cost.estimateMs === null ? '' : `, about ${spanWords(cost.estimateMs)}`}.`}
      </h3>
      <p>
        Proves {countWords(cost.backups)} {cost.backups === 1 ? 'backup' : 'backups'} up to “
        {levelWords[cost.level]}”.
        {cost.remembered > 0 && (
          <>
            {` ${countWords(cost.remembered)} objects are known from earlier runs`}
            {cost.oldestRemembered !== null && (
              <>
                , the oldest read <Age at={cost.oldestRemembered} ago />
              </>
            )}
            .
          </>
        )}
        {cost.objects > 0 &&
          cost.estimateMs === null &&
          ' How long it takes is not known yet: no earlier run was long enough to tell.'}
      </p>
      {notes.length > 0 && (
        <ul>
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <div className={s['twin']}>
        <CommandLine command={cost.commandLine} />
      </div>
    </>
  )
}

interface ChoiceProps {
  readonly name: string
  readonly isOn: boolean
  readonly words: string
  readonly means?: string
  readonly onPick: () => void
}

function Choice({ name, isOn, words, means, onPick }: ChoiceProps) {
  return (
    <div className={s['choice']}>
      <label>
        <input type="radio" name={name} checked={isOn} onChange={onPick} />
        <span>{words}</span>
        {means !== undefined && <small>{means}</small>}
      </label>
    </div>
  )
}
