import { join } from 'node:path'
import type { CliDesk, CommandContext } from '../context.ts'
import { exitStatus, type ExitStatus } from '../exit-status.ts'
import { connectFleet, seedFleet } from '../seed-fleet.ts'
import { serveDesk } from '../serve-desk.ts'
import { listBackups } from './backups.ts'
import { keyCheck } from './key-check.ts'
import { restore } from './restore.ts'
import { verify } from './verify.ts'

export interface DemoFlags {
  readonly dir?: string
  readonly window?: boolean
  readonly open?: boolean
}

/**
 * Makes a repository of kiok and one of chango, and does the main job on it with the very commands that an operator has: which key
 * opens what, is it whole, restore the newest. Says where to look.
 */
export async function demo(options: DemoFlags, context: CommandContext): Promise<ExitStatus> {
  const dir = options.dir ?? (await context.ports.makeTemporaryFolder())
  if (options.window !== true) {
    const status = await proveAndRestore(dir, context)
    if (status !== exitStatus.ok) return status
  }
  const { output, ports } = context
  if (options.window ?? (ports.stdout.isTerminal && !output.json)) return showInWindow(dir, options, context)
  if (options.window !== false) {
    output.line()
    output.line('To see seven clusters in the window: holdfast demo --window')
  }
  return exitStatus.ok
}

/** Seven clusters with three weeks of backups each, in the window. */
async function showInWindow(dir: string, { open }: DemoFlags, context: CommandContext): Promise<ExitStatus> {
  const { ports, output, signal } = context
  output.line('Seven clusters with three weeks of backups, each proved once.')
  const fleet = await ports.makeFleet(dir)
  if (fleet.madeAt !== null) {
    output.line(
      `${dir} holds the demonstration of ${fleet.madeAt}: it is used again, with all that was done in it. Remove the folder to begin anew.`,
    )
  }
  output.line(`They lie in ${dir}; the passphrase of their vault is "demonstration".`)
  const masters = await ports.startMasters(dir)
  const stateFolder = join(dir, 'desk')
  const atFleet = async <T>(work: (desk: CliDesk) => Promise<T>): Promise<T> => {
    const desk = await ports.openDesk(stateFolder, 'browser')
    try {
      await seedFleet(fleet, desk.client, signal)
      await connectFleet(masters, desk.client)
      return await work(desk)
    } finally {
      await desk.close()
    }
  }
  try {
    // Who wants nothing opened wants a page to open.
    const desktop = open === false ? null : await ports.findDesktop()
    if (desktop?.kind === 'possible') await atFleet(() => Promise.resolve())
    const whyNone = desktop?.kind === 'possible' ? await desktop.open(stateFolder, signal) : desktop?.reason
    if (whyNone === null) return exitStatus.ok
    if (whyNone !== undefined) {
      output.line(`There is no desktop window because ${whyNone}: the window opens in the browser.`)
    }
    return await atFleet(async (desk) =>
      serveDesk(
        desk,
        { socket: null, port: 0, publicOrigin: null, idleMs: null, open: open !== false },
        context,
      ),
    )
  } finally {
    await masters.close()
  }
}

async function proveAndRestore(dir: string, context: CommandContext): Promise<ExitStatus> {
  const { ports, output } = context
  const lab = await ports.makeLab(dir)
  if (lab.renewed) output.line(`${dir} was a demonstration before: its repositories are made anew.`)
  const documents: unknown[] = []
  // The demonstration remembers in its own folder, not among the facts about real repositories.
  const inside: CommandContext = {
    ...context,
    ports: { ...ports, stateFolder: join(dir, 'state') },
    output: { ...output, document: (value) => documents.push(value) },
  }
  const restored: string[] = []
  for (const { system, address } of lab.repositories) {
    const repository = { repository: address, system, masterKeyFile: [lab.masterKeyFile], sshKey: [] }
    const target = join(dir, `${system}-restored`)
    const flags = `--repository ${address} --system ${system} --master-key-file ${lab.masterKeyFile}`
    let newestId = ''
    const reading: CommandContext = {
      ...inside,
      output: {
        ...inside.output,
        document: (value) => {
          documents.push(value)
          newestId = newestBackup(value) ?? ''
        },
      },
    }
    const confirm = system === 'kiok' ? 'kiok-demo' : `${system}-restored`
    const steps: readonly (() => readonly [command: string, run: () => Promise<ExitStatus>])[] = [
      () => [`backups ${flags}`, async () => listBackups(repository, reading)],
      () => [`key-check ${flags}`, async () => keyCheck(repository, inside)],
      () => [`verify --all ${flags}`, async () => verify([], { ...repository, all: true }, inside)],
      () => [
        `restore ${newestId} ${flags} --target ${target} --confirm ${confirm}`,
        async () => restore(newestId, { ...repository, target, confirm }, inside),
      ],
    ]
    for (const describeStep of steps) {
      const [command, run] = describeStep()
      output.line(output.style('bold', `$ holdfast ${command}`))
      const status = await run()
      output.line()
      if (status !== exitStatus.ok) return status
    }
    restored.push(target)
  }
  output.document({ dir, restored, results: documents })
  output.line(output.style('bold', 'Look here:'))
  output.line(`  ${dir}`)
  for (const { system } of lab.repositories) {
    output.line(`    ${`${system}-backups`.padEnd(16)} the repository, as the cluster left it`)
    output.line(`    ${`${system}-restored`.padEnd(16)} the newest backup, restored`)
  }
  return exitStatus.ok
}

function newestBackup(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('backups' in value) || !Array.isArray(value.backups))
    return null
  const first: unknown = value.backups[0]
  return typeof first === 'object' && first !== null && 'backupId' in first ? String(first.backupId) : null
}
