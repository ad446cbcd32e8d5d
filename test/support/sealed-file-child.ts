/**
 * Saves a sealed file again and again, each time with the next number as its secret, and says each number once it is
 * durable, until it is killed by its own hand after a number of turns of its event loop. The keys come over standard
 * input, so that no round waits for their derivation.
 */
import { randomBytes } from 'node:crypto'
import { flushCompileCache } from 'node:module'
import { text } from 'node:stream/consumers'
import { readSealed, writeSealed } from '../../src/main/adapters/sealed-file/sealed-disk.ts'
import {
  readDocument,
  sealRecord,
  writeDocument,
} from '../../src/main/adapters/sealed-file/sealed-document.ts'

// A process that is killed keeps nothing for the next one by itself.
flushCompileCache()

const [folder = '', turns = ''] = process.argv.slice(2)
const bytes = Buffer.from(await text(process.stdin), 'hex')
const keys = {
  encryption: bytes.subarray(0, 32),
  seal: bytes.subarray(32, 64),
  commitment: bytes.subarray(64),
}

let left = Number(turns)
function turn(): void {
  if (left === 0) process.kill(process.pid, 'SIGKILL')
  left -= 1
  setImmediate(turn)
}
turn()

for (;;) {
  const file = await readSealed(folder)
  if (file === null) throw new Error('the file is gone')
  const { document, isOpenedBy } = readDocument(file)
  if (!isOpenedBy(keys)) throw new Error('the file is not ours')
  const generation = document.generation + 1
  const { header } = document
  const record = sealRecord(
    Buffer.from(String(generation)),
    { header, id: 'one', generation },
    { keys, nonce: randomBytes(12) },
  )
  const next = writeDocument({ header, generation, records: [record] }, keys)
  await writeSealed(folder, next, { isNew: false })
  process.stdout.write(`${generation}\n`)
}
