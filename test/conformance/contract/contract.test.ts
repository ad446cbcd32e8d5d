import { isDefinedError, ORPCError } from '@orpc/client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { plantedText } from './small-router.ts'
import { transports, type Carried } from './transports.ts'

/** What an awaited thing failed with. */
async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => expect.fail(`It did not fail: ${JSON.stringify(value)}`),
    (error: unknown) => error,
  )
}

async function collect(stream: AsyncIterable<number>): Promise<{ values: number[]; error: unknown }> {
  const values: number[] = []
  try {
    for await (const value of stream) values.push(value)
    return { values, error: null }
  } catch (error) {
    return { values, error }
  }
}

describe.each(Object.entries(transports))('The contract over %s', (name, open) => {
  let carried: Carried
  beforeEach(async () => {
    carried = await open()
  })
  afterEach(async () => carried[Symbol.asyncDispose]())
  const isInProcess = name.startsWith('this process')

  test('an input arrives and its output comes back', async () => {
    expect(await carried.client.values.echo({ text: 'a "quoted" ü \u2028 text' })).toEqual({
      text: 'a "quoted" ü \u2028 text',
    })
  })

  test('an expected failure arrives typed, with its code and its text, and without its cause', async () => {
    const error = await failureOf(carried.client.failures.expected())
    expect(error).toBeInstanceOf(ORPCError)
    expect(error instanceof Error && isDefinedError(error)).toBe(true)
    expect(error).toMatchObject({
      code: 'FAILED',
      data: {
        code: 'repository.accessDenied',
        what: 'The listing of the bucket was refused.',
        next: 'Check the key.',
      },
    })
    expect(JSON.stringify(error) + carried.crossed()).not.toContain(plantedText)
    expect(carried.log.lines.join('\n')).not.toContain('failures.expected')
  })

  test('an unexpected error arrives as an incident that the log knows, without anything of its own text', async () => {
    const error = await failureOf(carried.client.failures.unexpected())
    expect(error).toMatchObject({
      code: 'FAILED',
      data: { code: 'internal', incident: expect.stringMatching(/^incident-/) },
    })
    expect(String(error) + JSON.stringify(error) + carried.crossed()).not.toContain(plantedText)
    expect(carried.log.lines.join('\n')).toContain(`failures.unexpected Error: ${plantedText}`)
  })

  test('an output is stripped to its schema', async () => {
    expect(await carried.client.values.stripped()).toEqual({ name: 'shown' })
    expect(carried.crossed()).not.toContain(plantedText)
  })

  test('an output that does not fit its schema does not arrive: it is an incident', async () => {
    const error = await failureOf(carried.client.values.unfit())
    expect(error).toMatchObject({ code: 'FAILED', data: { code: 'internal' } })
    expect(JSON.stringify(error) + carried.crossed()).not.toContain(plantedText)
  })

  test('an input that does not fit its schema, or has a field too many, does not reach the handler', async () => {
    const wrong: readonly unknown[] = [{ text: 1 }, { text: 'a', more: 'b' }, {}, null, [], 'text', undefined]
    for (const input of wrong) {
      const error = await failureOf(Reflect.apply(carried.client.values.echo, undefined, [input]))
      expect(error).toMatchObject({ code: 'BAD_REQUEST' })
    }
    expect(carried.seen.calls).toEqual([])
  })

  test('a failure in the middle of a stream arrives after what came before it', async () => {
    const expected = await collect(await carried.client.failures.streamed({ expected: true }))
    expect(expected.values).toEqual([1])
    expect(expected.error).toMatchObject({ code: 'FAILED', data: { code: 'object.missing' } })
    const unexpected = await collect(await carried.client.failures.streamed({ expected: false }))
    expect(unexpected.values).toEqual([1])
    expect(unexpected.error).toMatchObject({ code: 'FAILED', data: { code: 'internal' } })
    expect(JSON.stringify(unexpected.error) + carried.crossed()).not.toContain(plantedText)
  })

  test('of two equal calls only the cancelled one ends, on both sides', async () => {
    const controller = new AbortController()
    const first = carried.client.waits.forever({ name: 'first' }, { signal: controller.signal })
    const firstFailure = failureOf(first)
    await carried.seen.until('began first')
    const second = carried.client.waits.forever({ name: 'second' })
    await carried.seen.until('began second')
    controller.abort()
    await carried.seen.until('aborted first')
    await firstFailure
    expect(carried.seen.calls).not.toContain('aborted second')
    carried.seen.release('second')
    expect(await second).toEqual({ released: true })
  })

  test('a stream that is left early ends on the other side', async () => {
    const controller = new AbortController()
    const stream = await carried.client.waits.stream({ name: 'left' }, { signal: controller.signal })
    for await (const value of stream) {
      expect(value).toBe(1)
      break
    }
    await carried.seen.until('left left')
  })

  test('a stream whose call is aborted while it waits ends on both sides', async () => {
    const controller = new AbortController()
    const stream = await carried.client.waits.stream({ name: 'aborted' }, { signal: controller.signal })
    expect(await stream.next()).toMatchObject({ value: 1 })
    const rest = collect(stream)
    await carried.seen.until('waits aborted')
    controller.abort()
    await carried.seen.until('left aborted')
    expect((await rest).values).toEqual([])
  })

  test.skipIf(isInProcess)('a lost connection rejects what is open and what is asked later', async () => {
    const call = failureOf(carried.client.waits.forever({ name: 'open' }))
    const open = await carried.client.waits.stream({ name: 'stream' })
    expect(await open.next()).toMatchObject({ value: 1 })
    const stream = collect(open)
    await carried.seen.until('began open')
    await carried.seen.until('waits stream')
    await carried.lose()
    const lost = { name: 'HoldfastError', code: 'connection.lost' }
    expect(await call).toMatchObject(lost)
    expect(await stream).toMatchObject({ values: [], error: lost })
    await carried.seen.until('aborted open')
    await carried.seen.until('left stream')
    expect(await failureOf(carried.client.values.echo({ text: 'late' }))).toMatchObject(lost)
  })

  test('a procedure that does not exist is refused, whatever its name', async () => {
    for (const path of [
      ['values', 'nothing'],
      ['nothing'],
      ['constructor'],
      ['values'],
      ['toString', 'call'],
    ]) {
      await failureOf(carried.callUnknown(path))
    }
    expect(carried.seen.calls).toEqual([])
  })
})

const deep = (levels: number): string => `{"json":${'['.repeat(levels)}${']'.repeat(levels)}}`
/** Each stands for the body of a call whose handler must not be reached. */
const hostileBodies: Readonly<Record<string, string>> = {
  'sets a prototype': '{"json":{"text":"a","__proto__":{"polluted":true}}}',
  'names a prototype with an escape': '{"json":{"text":"a","\\u005f_proto__":{"polluted":true}}}',
  'reaches the prototype through the constructor': '{"json":{"constructor":{"prototype":{"polluted":true}}}}',
  'points to a prototype with marks of oRPC': '{"json":{"text":"a"},"meta":[[1,"__proto__","polluted"]]}',
  'asks for another type than JSON has': '{"json":{"text":"1"},"meta":[[5,"text"]]}',
  'names files': '{"json":{"text":"a"},"maps":[["text"]]}',
  'is nested 100 000 levels deep': deep(100_000),
  'is nested 65 levels deep': deep(65),
  'has 10 MiB': `{"json":{"text":"${'a'.repeat(10 * 1024 * 1024)}"}}`,
  'has a name twice': '{"json":{"text":"a","text":"b"}}',
}

describe.each(Object.entries(transports).filter(([name]) => !name.startsWith('this process')))(
  'A hostile frame over %s',
  (_name, open) => {
    test.each(Object.entries(hostileBodies))(
      'that %s is refused and reaches nothing',
      async (_what, body) => {
        await using carried = await open()
        const answer = await carried.sendBody?.(body)
        // Over a port there is nothing between two frames to answer to: the page is not listened to again.
        if (answer !== null) expect(answer).toMatch(/"code":"(BAD_REQUEST|PAYLOAD_TOO_LARGE)"/)
        expect(carried.seen.calls).toEqual([])
        expect('polluted' in {}).toBe(false)
        expect(carried.log.lines.join('\n')).toMatch(/frameRefused/)
      },
    )
  },
)

test('A hostile input in this process is refused by the schema', async () => {
  const open = transports['this process (command line)']
  await using carried = (await open?.()) ?? expect.fail('There is no such transport.')
  for (const body of Object.values(hostileBodies)) {
    if (body.includes('"text":"1"') || body.includes('maps') || body.includes('aaaa')) continue
    if (body.includes('meta') || body.includes('"text":"b"')) continue
    const { json }: { readonly json: unknown } = JSON.parse(body)
    await failureOf(Reflect.apply(carried.client.values.echo, undefined, [json]))
  }
  expect(carried.seen.calls).toEqual([])
  expect('polluted' in {}).toBe(false)
})
