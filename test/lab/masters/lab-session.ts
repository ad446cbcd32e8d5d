import { systemClock } from '../../../src/main/adapters/system/clock.ts'
import { systemRandom } from '../../../src/main/adapters/system/random.ts'
import { openHttp } from '../../../src/main/adapters/http/open-http.ts'
import { openGrpc } from '../../../src/main/adapters/grpc/open-grpc.ts'
import { openByteWorkers } from '../../../src/main/hosts/byte-workers.ts'
import { openHost } from '../../../src/main/hosts/open-host.ts'
import { openSession, type OpenSession } from '../../../src/main/desk/live/open-session.ts'
import { openStore } from '../../../src/main/hosts/open-store.ts'
import { HeldMasterKey } from '../../../src/main/engine/master-key.ts'
import type { Login, S3KeyPair, Secrets } from '../../../src/main/ports/secrets.ts'
import type { SystemName } from '../../../src/shared/domain/system-name.ts'
import { memoryDeskState } from '../../fakes/desk-state.ts'
import { givenSecrets } from '../../fakes/secrets.ts'
import { noAccess } from '../../../src/shared/contract/repositories.ts'

export interface LabSecrets {
  readonly logins?: Readonly<Record<string, Login>>
  readonly tokens?: Readonly<Record<string, string>>
  readonly passwords?: Readonly<Record<string, string>>
  readonly masterKeys?: Readonly<Record<string, string>>
  readonly s3?: Readonly<Record<string, S3KeyPair>>
}

const sourceOfWorker = new URL('../../../src/main/hosts/worker.ts', import.meta.url)

/** Sessions of one cluster of the lab, over the real transports; its repository is a folder. `workerUrl` is the program of the byte workers. */
export function labSessions(
  cluster: { readonly name: string; readonly system: SystemName; readonly address: string },
  lab: LabSecrets,
  workerUrl = sourceOfWorker,
): (signal?: AbortSignal) => OpenSession {
  const { state, ready } = stateWith(cluster)
  const masterKeys = Object.keys(lab.masterKeys ?? {})
  return (signal = new AbortController().signal) => {
    const session = openSession(
      { name: cluster.name, system: cluster.system, repositoryId: 'lab', masterKeys },
      'test',
      {
        secrets: secretsOf(lab),
        clock: systemClock,
        random: systemRandom,
        state,
        openStore,
        openHttp,
        openGrpc,
        openHost,
        openByteWork: async (workers) => openByteWorkers(workerUrl, workers),
      },
      signal,
    )
    return { ...session, repository: async (mode) => ready.then(async () => session.repository(mode)) }
  }
}

function stateWith({ name, system, address }: Parameters<typeof labSessions>[0]) {
  const state = memoryDeskState()
  const ready = state.repositories.put({
    id: 'lab',
    name,
    address,
    system,
    access: noAccess,
  })
  return { state, ready }
}

function secretsOf({
  logins = {},
  tokens = {},
  passwords = {},
  masterKeys = {},
  s3 = {},
}: LabSecrets): Secrets {
  return {
    ...givenSecrets(masterKeys),
    login: async (id) => demand(logins, id),
    token: async (id) => demand(tokens, id),
    password: async (id) => demand(passwords, id),
    s3: async (id) => demand(s3, id),
    masterKey: async (id) => new HeldMasterKey(Buffer.from(demand(masterKeys, id), 'utf8'), id),
  }
}

function demand<T>(known: Readonly<Record<string, T>>, id: string): T {
  const value = known[id]
  if (value === undefined) throw new Error(`the lab has no secret ${id}`)
  return value
}
