import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { createORPCClient } from '@orpc/client'
import { browserLink, openSession } from '../../../src/renderer/lib/connect-browser.ts'
import { cliFile } from '../cli/run-cli.ts'
import type { Client } from '../router/router-lab.ts'
import { localFetch } from '../web/node-fetch.ts'

/** All that a program said and that crossed its connections. */
export interface Heard {
  /** Standard output and error. */
  said: string
  /** Every answer, head and body. */
  readonly answers: string[]
  /** Every request, head and body. */
  readonly requests: string[]
}

export interface Program {
  readonly pid: number
  readonly client: Client
  /** Sends a body as it stands to a call; gives the answer's text. */
  readonly send: (path: string, body: string) => Promise<string>
  /** Ends it by a signal; gives its exit status, null where the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>
}

/** Starts the built `holdfast serve` and opens a session with it, as a browser does. */
export async function startProgram(env: Readonly<Record<string, string>>, heard: Heard): Promise<Program> {
  const child = spawn(process.execPath, [cliFile, 'serve', '--no-open'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  child.stderr.on('data', (piece: Buffer) => (heard.said += piece.toString()))
  const page = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      heard.said += `${line}\n`
      const path = /: (\/\S+\.html)$/.exec(line)?.[1]
      if (path !== undefined) resolve(path)
    })
    child.once('close', () => reject(new Error(`It ended:\n${heard.said}`)))
  })
  const link = /url=([^"]+)"/.exec(await readFile(page, 'utf8'))?.[1]
  if (link === undefined || child.pid === undefined) throw new Error(`No link in ${page}`)
  const { origin, port, hash } = new URL(link)
  const plain = localFetch({ port: Number(port) })

  async function fetch(request: Request): Promise<Response> {
    const body = await request.clone().text()
    heard.requests.push(`${request.url} ${JSON.stringify([...request.headers])} ${body}`)
    const answer = await plain(request)
    const place = heard.answers.push(`${answer.status} ${JSON.stringify([...answer.headers])} `) - 1
    const keep = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(piece, controller) {
        heard.answers[place] += Buffer.from(piece).toString('latin1')
        controller.enqueue(piece)
      },
    })
    return new Response(answer.body?.pipeThrough(keep) ?? null, answer)
  }
  const browser = { origin, fetch }
  const bearer = await openSession(hash.replace('#token=', ''), browser)
  return {
    pid: child.pid,
    client: createORPCClient(browserLink(bearer, browser)),
    send: async (path, body) => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${bearer}` }
      const answer = await fetch(new Request(`${origin}${path}`, { method: 'POST', headers, body }))
      return answer.text()
    },
    end: async (signal) => {
      child.kill(signal)
      return ended
    },
  }
}
