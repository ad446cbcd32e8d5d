import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { useDesk } from '../../lib/client.tsx'
import { frame } from '../../ui/frame.tsx'
import { Button } from '../../ui/kit.ts'
import { TestReport } from '../access/test-report.tsx'
import { testWords } from '../access/use-access-test.ts'
import { askedHost, missingIn, trusting, valuesOf, type Draft } from './model/connection-draft.ts'
import { useMastersTest } from './use-masters-test.ts'
import s from './masters.module.css'

interface Props {
  readonly cluster: Cluster
  readonly draft: Draft
  readonly onDraft: (draft: Draft) => void
}

/** What the masters answer over the connection that is typed, line by line; an unknown host is a question. */
export function MastersTest({ cluster, draft, onDraft }: Props) {
  const [again, setAgain] = useState(0)
  const { data: systems } = useQuery(useDesk().masters.systems.queryOptions())
  const fields = systems?.find(({ system }) => system === cluster.system)?.fields ?? []
  const [missing] = missingIn(fields, draft)
  const test = useMastersTest(cluster.id, missing === undefined ? valuesOf(draft) : null, again)
  const words =
    missing === undefined ? testWords(test) : { title: 'Tests itself as you type.', note: missing }
  return (
    <>
      <header aria-live="polite">
        <h2>{words.title}</h2>
        <p>{words.note}</p>
      </header>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keyboard too */}
      <div className={s['scroll']} role="region" aria-label="Answers of the test" tabIndex={0}>
        <TestReport
          test={test}
          onTrust={(fingerprint, check) => {
            const host = askedHost(draft, check)
            if (host !== null) onDraft(trusting(draft, host, fingerprint))
          }}
        />
      </div>
      <footer>
        <Button
          disabled={missing !== undefined || test.stream.status === 'running' || test.isStale}
          onClick={() => setAgain((count) => count + 1)}
        >
          Test again
        </Button>
        <span className={frame.dim}>Only questions: nothing is changed in the cluster.</span>
      </footer>
    </>
  )
}
