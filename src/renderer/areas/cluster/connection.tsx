import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import type { Access, Repository } from '../../../shared/contract/repositories.ts'
import { usePageAct } from '../../app/page-act.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Facts, frame, Section } from '../../ui/frame.tsx'
import { Button } from '../../ui/kit.ts'
import { Sealed } from '../../ui/sealed.tsx'
import { TestReport } from '../access/test-report.tsx'
import { testWords, useAccessTest } from '../access/use-access-test.ts'
import { MastersConnection } from '../masters/connection-part.tsx'
import { MastersTest } from '../masters/masters-test.tsx'
import type { Draft } from '../masters/model/connection-draft.ts'
import { SecretDialog } from '../vault/secret-dialog.tsx'
import { ClusterEdit } from './cluster-edit.tsx'
import { ClusterRemove } from './cluster-remove.tsx'
import { RepositoryEdit } from './repository-edit.tsx'
import { TrustedHosts } from './trusted-hosts.tsx'
import { useCluster } from './use-cluster.ts'
import s from './connection.module.css'

/** How the cluster's repository and its masters are reached, with which secrets, and whether that works now. */
export function Connection() {
  const cluster = useCluster()
  const desk = useDesk()
  const [draft, setDraft] = useState<Draft | null>(null)
  const repositories = useQuery(desk.repositories.list.queryOptions())
  const repository = repositories.data?.find(({ id }) => id === cluster.repositoryId)
  return (
    <div className={s['cols']}>
      <div className={s['main']}>
        {repositories.isError && <ErrorLine failure={failureOf(repositories.error)} />}
        {repository && <RepositoryPart repository={repository} />}
        <KeysPart cluster={cluster} />
        <MastersConnection key={`masters ${cluster.id}`} cluster={cluster} draft={draft} onDraft={setDraft} />
        <TrustedHosts cluster={cluster} />
        <ClusterEdit key={cluster.id} cluster={cluster} />
        <ClusterRemove cluster={cluster} />
      </div>
      <aside className={s['test']} aria-label="Test of the connection">
        {draft !== null ? (
          <MastersTest cluster={cluster} draft={draft} onDraft={setDraft} />
        ) : (
          repository && <TestPart cluster={cluster} repository={repository} />
        )}
      </aside>
    </div>
  )
}

function RepositoryPart({ repository }: { readonly repository: Repository }) {
  const [isEditing, setEditing] = useState(false)
  const others = repository.clusters.length - 1
  return (
    <>
      <Section
        end={
          !isEditing && (
            <Button size="xs" variant="subtle" onClick={() => setEditing(true)}>
              Change…
            </Button>
          )
        }
      >
        Repository
      </Section>
      {isEditing ? (
        <RepositoryEdit repository={repository} onDone={() => setEditing(false)} />
      ) : (
        <div className={s['facts']}>
          <Facts
            of={[
              ['Address', <code key="address">{repository.address}</code>],
              ['Credential', <CredentialOf key="credential" access={repository.access} />],
              ...accessFacts(repository.access),
              ...(others > 0
                ? [['Also used by', repository.clusters.map(({ name }) => name).join(', ')] as const]
                : []),
            ]}
          />
        </div>
      )}
    </>
  )
}

function accessFacts(access: Access): readonly (readonly [string, string])[] {
  return [
    ...(access.caFile === null ? [] : [['Own CA', access.caFile] as const]),
    ...(access.allowHttp
      ? [['Transport', 'Plain HTTP is allowed: whoever is on the way can read it'] as const]
      : []),
    ...(access.sshKeyFiles.length === 0 ? [] : [['SSH keys', access.sshKeyFiles.join(', ')] as const]),
    ...(access.hostKey === null ? [] : [['Host key', access.hostKey] as const]),
  ]
}

function CredentialOf({ access: { credential } }: { readonly access: Access }) {
  const { data: credentials = [] } = useQuery(useDesk().vault.credentials.queryOptions())
  const [isReplacing, setReplacing] = useState(false)
  switch (credential.source) {
    case 'none':
      return 'None is needed'
    case 'environment':
      return 'Environment of this program'
    case 'profile':
      return `AWS profile ${credential.profile}`
    case 'vault': {
      const kept = credentials.find(({ id }) => id === credential.id)
      if (kept === undefined) return 'One that the vault does not have'
      return (
        <>
          <Sealed
            hint={kept.hint}
            label={`S3 credential ${kept.label}`}
            onReplace={() => setReplacing(true)}
          />
          <SecretDialog
            kind={isReplacing ? 's3' : null}
            replaces={kept}
            onClose={() => setReplacing(false)}
          />
        </>
      )
    }
  }
}

function KeysPart({ cluster }: { readonly cluster: Cluster }) {
  const { data: credentials = [] } = useQuery(useDesk().vault.credentials.queryOptions())
  const [replaced, setReplaced] = useState<string | null>(null)
  if (cluster.masterKeys.length === 0) return null
  return (
    <>
      <Section>Master keys</Section>
      <div className={s['facts']}>
        <Facts
          of={cluster.masterKeys.map((id, place) => {
            const kept = credentials.find((credential) => credential.id === id)
            const label = kept?.label ?? 'A key that the vault does not have'
            return [
              label,
              <Sealed
                key={id}
                label={`Master key ${label}`}
                hint={kept?.hint ?? cluster.masterKeyHints[place] ?? id}
                onReplace={kept && (() => setReplaced(id))}
              />,
            ] as const
          })}
        />
      </div>
      <SecretDialog
        kind={replaced === null ? null : 'masterKey'}
        replaces={credentials.find(({ id }) => id === replaced) ?? null}
        onClose={() => setReplaced(null)}
      />
    </>
  )
}

function TestPart({ cluster, repository }: { readonly cluster: Cluster; readonly repository: Repository }) {
  const [again, setAgain] = useState(0)
  const test = useAccessTest(
    again === 0
      ? null
      : {
          system: cluster.system,
          address: repository.address,
          access: repository.access,
          masterKeys: cluster.masterKeys,
        },
    again,
  )
  usePageAct('repositories.test', (id) => {
    if (id !== cluster.id || test.stream.status === 'running') return false
    setAgain((count) => count + 1)
    return true
  })
  const words = again === 0 ? { title: 'Does it work now?', note: 'Reads; writes nothing.' } : testWords(test)
  return (
    <>
      <header aria-live="polite">
        <h2>{words.title}</h2>
        <p>{words.note}</p>
      </header>
      <div className={s['scroll']}>
        <TestReport test={test} />
      </div>
      <footer>
        <Button
          disabled={test.stream.status === 'running' || test.isStale}
          onClick={() => setAgain((count) => count + 1)}
        >
          {again === 0 ? 'Test it' : 'Test again'}
        </Button>
        <span className={frame.dim}>
          Each use of a secret is an entry of the audit chain, for the same purpose once an hour.
        </span>
      </footer>
    </>
  )
}
