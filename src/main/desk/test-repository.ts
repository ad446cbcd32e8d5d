import type { Access } from '../../shared/contract/repositories.ts'
import type { Check } from '../../shared/contract/values.ts'
import { formatAddress, parseAddress } from '../../shared/domain/address.ts'
import { bytesWords, countOf, spanWords } from '../../shared/domain/size-words.ts'
import { emitted } from '../../shared/streams/emitted.ts'
import { checkKeys } from '../engine/verify/check-keys.ts'
import {
  addressFor,
  verifyRequest,
  verifyTools,
  withRepository,
  type OpenRepository,
} from '../operations/open-repository.ts'
import type { SystemName } from '../../shared/domain/system-name.ts'
import type { RepositoryAccess } from '../ports/repository-access.ts'
import { backupSystemOf } from '../systems/registry.ts'
import { accessFor, withMasterKeys } from './cluster-repository.ts'
import { checkSteps, StepFailed, type CheckStep } from './check-steps.ts'
import type { DeskPorts } from './ports.ts'

export interface TestedRepository {
  readonly system: SystemName
  readonly address: string
  readonly access: Access
  readonly masterKeys: readonly string[]
}

type Emit = (check: Check) => void

/** Tests an address and what opens it, line by line; reads a listing, manifests and a few KiB an object, writes nothing. */
export function testRepository(
  tested: TestedRepository,
  ports: DeskPorts,
  signal: AbortSignal | undefined,
): AsyncGenerator<Check, void, undefined> {
  return emitted<Check>(
    async (emit, stop) => {
      try {
        await test(tested, ports, emit, stop)
      } catch (error) {
        // Each step has told its own failure.
        if (!(error instanceof StepFailed)) throw error
      }
    },
    { signal },
  )
}

async function test(
  tested: TestedRepository,
  ports: DeskPorts,
  emit: Emit,
  signal: AbortSignal,
): Promise<void> {
  const step = checkSteps(ports, 'test', emit)
  const use = { subject: tested.address, purpose: 'test' }
  const address = await step(
    'address',
    'Repository',
    'Read the address',
    async () => parseAddress(tested.address),
    (parsed) => ({
      title: `The address names ${parsed.kind === 's3' ? `bucket ${parsed.bucket}` : `folder ${parsed.folder}`}`,
      detail: formatAddress(parsed),
    }),
  )
  const access = await step(
    'credential',
    'Repository',
    'Take the credential',
    async () => accessFor({ address, access: tested.access }, use, ports.secrets),
    ({ credential }) => ({ title: credentialWords[credential.source] }),
  )
  const system = await backupSystemOf(tested.system)
  await withMasterKeys(tested.masterKeys, use, ports.secrets, async (masterKeys) =>
    step(
      'list',
      'Repository',
      'List the repository',
      async () =>
        withRepository(
          { system, address: addressFor(system, address), access, masterKeys, workers: null },
          ports,
          {
            signal,
            note: (text) => emit({ id: 'note', group: 'Repository', state: 'warning', title: text }),
          },
          async (opened) => {
            emit(inventoryCheck(opened, ports.clock.now()))
            if (masterKeys.length > 0 && opened.inventory.backups.length > 0)
              await testKeys(opened, step, ports, signal)
          },
        ),
      () => ({ title: 'The repository answers and may be listed' }),
    ),
  )
}

const credentialWords = {
  environment: 'The keys of this program’s environment are used',
  profile: 'The keys of an AWS profile are used',
  given: 'The vault gives the credential',
  none: 'No credential is needed',
} satisfies Record<RepositoryAccess['credential']['source'], string>

function inventoryCheck({ inventory, system, address }: OpenRepository, nowMs: number): Check {
  const [newest] = inventory.backups
  if (newest === undefined) {
    return {
      id: 'inventory',
      group: 'Repository',
      state: 'warning',
      title: `No ${system.name} backup lies there`,
      detail: `The place exists and may be listed. Looked in ${formatAddress(address)}; if backups should be there, the prefix or the system is another one.`,
    }
  }
  const age = newest.createdAt === null ? '' : `, ${spanWords(nowMs - Date.parse(newest.createdAt))} ago`
  const bytes = inventory.backups.reduce((sum, { newBytes }) => sum + (newBytes ?? 0), 0)
  return {
    id: 'inventory',
    group: 'Repository',
    state: 'passed',
    title: `${countOf(inventory.backups.length, `${system.name} backup`)}`,
    detail: `newest ${newest.backupId}${age}; ${bytesWords(bytes)}`,
  }
}

async function testKeys(
  opened: OpenRepository,
  step: CheckStep,
  ports: DeskPorts,
  signal: AbortSignal,
): Promise<void> {
  await step(
    'keys',
    'Key',
    'Try the master keys on the beginning of each object',
    async () => {
      const { backups } = opened.inventory
      // Archives that would have to be read whole are left to a verification.
      const sealed = backups.filter((backup) => backup.provesKey === undefined)
      return checkKeys(sealed, verifyRequest(opened.system, null), await verifyTools(opened, ports), {
        signal,
      })
    },
    (proofs) => {
      const opens = proofs.filter(({ proof }) => proof === 'opens').length
      if (proofs.length === 0) {
        return {
          state: 'skipped',
          title: 'Whether the key opens them is told by reading an archive whole',
          detail: 'A verification or a key check does that.',
        }
      }
      const state = opens === proofs.length ? 'passed' : opens === 0 ? 'failed' : 'warning'
      return { state, title: `The master key opens ${opens} of ${countOf(proofs.length, 'backup')}` }
    },
  )
}
