/** What of an error is written: a list of what may, so that no SDK's request, response or headers can come along. */
export interface DescribedError {
  readonly name: string
  readonly message: string
  readonly code?: string
  readonly httpStatus?: number
  readonly requestId?: string
  readonly stack?: readonly string[]
  readonly cause?: DescribedError
  readonly errors?: readonly DescribedError[]
}

const deepest = 5
const mostErrors = 5
const mostFrames = 20
const longestText = 4096

/** `redact` is held against every text before it is shortened. Never throws, whatever was thrown. */
export function describeError(error: unknown, redact: (text: string) => string, depth = 0): DescribedError {
  const text = (value: unknown): string => {
    const safe = redact(typeof value === 'string' ? value : typeof value)
    return safe.length > longestText ? `${safe.slice(0, longestText)}…` : safe
  }
  try {
    if (!(error instanceof Error)) {
      return {
        name: typeof error,
        message: typeof error === 'string' ? text(error) : text(get(error, 'message')),
      }
    }
    const metadata = get(error, '$metadata')
    const code = get(error, 'code')
    const status = get(metadata, 'httpStatusCode')
    const requestId = get(metadata, 'requestId')
    const inner = get(error, 'errors')
    const mayDescend = depth < deepest
    return {
      name: text(error.name),
      message: text(error.message),
      ...((typeof code === 'string' || typeof code === 'number') && { code: text(String(code)) }),
      ...(typeof status === 'number' && { httpStatus: status }),
      ...(typeof requestId === 'string' && { requestId: text(requestId) }),
      ...(typeof error.stack === 'string' && { stack: framesOf(error.stack).map(text) }),
      ...(mayDescend &&
        error.cause !== undefined && { cause: describeError(error.cause, redact, depth + 1) }),
      ...(mayDescend &&
        Array.isArray(inner) && {
          errors: inner.slice(0, mostErrors).map((each) => describeError(each, redact, depth + 1)),
        }),
    }
  } catch {
    return { name: 'unreadable', message: 'What was thrown cannot be read.' }
  }
}

/** Without the message, which stands by itself. */
function framesOf(stack: string): readonly string[] {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, mostFrames)
    .map((line) => line.trim())
}

function get(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined
}
