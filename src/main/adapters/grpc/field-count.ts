import type { GrpcDescriptor, GrpcProtocol } from '../../ports/grpc-client.ts'

/** Which fields of a message are read into objects: as a message of their own, or as numbers side by side. */
type Shape = ReadonlyMap<number, Shape | 'packed'>

const maxFields = 100_000
const maxDepth = 100

/**
 * Refuses what would become too many objects. Two bytes on the wire make an object of a few hundred: 4 MiB of them take 500 MB and stop
 * this process for seconds (measured). Made for the replies of one method, by its path; walks the wire format as https://protobuf.dev/programming-guides/encoding
 * has it, without groups, which proto3 does not know.
 */
export function createFieldCount(protocol: GrpcProtocol): (path: string) => (bytes: Uint8Array) => void {
  const shapes = new Map<string, Shape>()

  function shapeOf(path: string): Shape {
    const known = shapes.get(path)
    if (known !== undefined) return known
    const shape = new Map<number, Shape | 'packed'>()
    shapes.set(path, shape)
    const message = descriptorAt(protocol, path)
    if (message === null || !('fields' in message)) return shape
    for (const { id, type, rule, keyType } of Object.values(message.fields)) {
      const named = resolved(protocol, path, type)
      const isMessage = named !== null && 'fields' in named.descriptor
      const value = isMessage ? shapeOf(named.path) : null
      if (keyType !== undefined) shape.set(id, value === null ? new Map() : new Map([[2, value]]))
      else if (value !== null) shape.set(id, value)
      else if (rule === 'repeated' && type !== 'string' && type !== 'bytes') shape.set(id, 'packed')
    }
    return shape
  }

  return (path) => {
    const shape = shapeOf(replyOf(protocol, path))
    return (bytes) => {
      let fields = 0
      const count = (more: number): void => {
        fields += more
        if (fields > maxFields) throw new Error(`more than ${maxFields} fields`)
      }
      walk(bytes, 0, bytes.length, shape, 0, count)
    }
  }
}

function walk(
  bytes: Uint8Array,
  from: number,
  to: number,
  shape: Shape,
  depth: number,
  count: (more: number) => void,
): void {
  if (depth > maxDepth) throw new Error(`messages within messages, deeper than ${maxDepth}`)
  let place = from

  function varint(): number {
    let value = 0
    for (let digit = 0; digit < 10; digit += 1) {
      const byte = place < to ? bytes[place] : undefined
      if (byte === undefined) break
      place += 1
      value += (byte & 0x7f) * 2 ** (7 * digit)
      if (byte < 0x80) return value
    }
    throw new Error('no number where one belongs')
  }

  function skip(length: number): void {
    if (length > to - place) throw new Error('a field beyond the end of its message')
    place += length
  }

  while (place < to) {
    count(1)
    const tag = varint()
    const wire = tag % 8
    if (wire === 0) varint()
    else if (wire === 1) skip(8)
    else if (wire === 5) skip(4)
    else if (wire === 2) {
      const length = varint()
      const start = place
      skip(length)
      const inner = shape.get(Math.floor(tag / 8))
      if (inner === 'packed') count(length)
      else if (inner !== undefined) walk(bytes, start, place, inner, depth + 1, count)
    } else throw new Error(`a field of the wire type ${wire}`)
  }
}

/** `/package.Service/Method` → the full name of what it answers. */
function replyOf(protocol: GrpcProtocol, path: string): string {
  const [, service = '', name = ''] = path.split('/')
  const found = descriptorAt(protocol, service)
  const method = found !== null && 'methods' in found ? found.methods[name] : undefined
  const reply = method === undefined ? null : resolved(protocol, service, method.responseType)
  if (reply === null) throw new Error(`${path} answers with no message of its protocol`)
  return reply.path
}

/** A type as it is named inside a message: in the message's own scope first, then in the ones around it. */
function resolved(
  protocol: GrpcProtocol,
  from: string,
  type: string,
): { readonly path: string; readonly descriptor: GrpcDescriptor } | null {
  const scope = from.split('.')
  for (let length = scope.length; length >= 0; length -= 1) {
    const path = [...scope.slice(0, length), type].join('.')
    const descriptor = descriptorAt(protocol, path)
    if (descriptor !== null) return { path, descriptor }
  }
  return null
}

function descriptorAt(protocol: GrpcProtocol, path: string): GrpcDescriptor | null {
  let found: GrpcDescriptor = protocol
  for (const name of path.split('.')) {
    const next: GrpcDescriptor | undefined = 'nested' in found ? found.nested[name] : undefined
    if (next === undefined) return null
    found = next
  }
  return found
}
