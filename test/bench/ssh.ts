import { reachHost } from '../lab/ssh-home.ts'
import { startSshd } from '../lab/sshd.ts'
import { inRounds, type Timed } from './compare.ts'
import { mebibyte } from './lab.ts'
import { shell } from './measure.ts'
import { rateRow, ratioRow, type Section } from './report.ts'

const bytes = 1024 * mebibyte
const deadlineMs = 600_000

/** A command's output and input of 1 GiB over the loopback, beside OpenSSH's own client. */
export async function sshSection(rounds: number): Promise<Section> {
  const server = await startSshd()
  if ('skip' in server) return { title: `SSH: not here (${server.skip})`, rows: [], runs: [] }
  const host = await reachHost(server)
  const { port, user, keyFile, knownHostsFile } = server
  const ssh = `ssh -F none -p ${port} -i ${keyFile} -o UserKnownHostsFile=${knownHostsFile} ${user}@127.0.0.1`
  try {
    const standing = await inRounds(rounds, {
      sshOut: {
        name: 'ssh, 1 GiB of output',
        run: () => shell(`${ssh} 'head -c ${bytes} /dev/zero' | cat >/dev/null`),
      },
      ownOut: {
        name: 'start, 1 GiB of output',
        run: () =>
          timed(async () => {
            const running = await host.start({ argv: ['head', '-c', `${bytes}`, '/dev/zero'], deadlineMs })
            let sizeBytes = 0
            for await (const piece of running.stdout) sizeBytes += piece.byteLength
            return sizeBytes === bytes && (await running.ended).code === 0
          }),
      },
      sshIn: {
        name: 'ssh, 1 GiB of input',
        run: () => shell(`head -c ${bytes} /dev/zero | ${ssh} 'cat >/dev/null'`),
      },
      ownIn: {
        name: 'start, 1 GiB of input',
        run: () =>
          timed(async () => {
            const running = await host.start({ argv: ['wc', '-c'], stdin: zeros(), deadlineMs })
            let text = ''
            for await (const piece of running.stdout) text += Buffer.from(piece).toString()
            return Number(text) === bytes
          }),
      },
    })
    return {
      title: 'Commands over SSH, 1 GiB through the loopback',
      rows: [
        rateRow(bytes, standing.sshOut),
        rateRow(bytes, standing.ownOut),
        ratioRow(standing.ownOut, standing.sshOut, 0.8),
        rateRow(bytes, standing.sshIn),
        rateRow(bytes, standing.ownIn),
        ratioRow(standing.ownIn, standing.sshIn, 0.8),
      ],
      runs: Object.values(standing),
    }
  } finally {
    await host.close()
    await server.stop()
  }
}

async function timed(act: () => Promise<boolean>): Promise<Timed> {
  const startedAt = performance.now()
  if (!(await act())) throw new Error('not all bytes came through')
  return { seconds: (performance.now() - startedAt) / 1000 }
}

async function* zeros(): AsyncGenerator<Uint8Array> {
  const piece = new Uint8Array(256 * 1024)
  for (let sent = 0; sent < bytes; sent += piece.byteLength) yield piece
}
