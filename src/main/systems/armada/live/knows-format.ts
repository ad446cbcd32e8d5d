import * as z from 'zod'
import { isHoldfastError } from '../../../../shared/domain/error.ts'
import type { ArmadaLink } from './server.ts'

const deadlineMs = 10_000

const reply = z.object({
  file_descriptor_response: z
    .object({
      file_descriptor_proto: z.array(
        z.object({
          message_type: z.array(
            z.object({
              name: z.string(),
              field: z.array(z.object({ name: z.string(), number: z.number() })),
            }),
          ),
        }),
      ),
    })
    .nullable(),
})

/**
 * True where the server says by reflection that `RestoreInfo` has a format. An older one passes over the field unseen and takes the record
 * that ends a newer file for a key (source: maintenance.go, manager.go), so false too where it answers no reflection: every server that is
 * known does (source: grpc.go).
 */
export async function knowsFormat({ client, session }: ArmadaLink): Promise<boolean> {
  for (const version of ['v1', 'v1alpha']) {
    const call = {
      method: `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
      deadlineMs,
      stallMs: deadlineMs,
    }
    const request = { file_containing_symbol: 'maintenance.v1.RestoreInfo' }
    try {
      for await (const message of client.serverStream(call, request, session.signal)) {
        const read = reply.safeParse(message)
        const files = read.success ? (read.data.file_descriptor_response?.file_descriptor_proto ?? []) : []
        const info = files.flatMap((file) => file.message_type).find(({ name }) => name === 'RestoreInfo')
        return info?.field.some(({ name, number }) => name === 'format' && number === 2) ?? false
      }
    } catch (error) {
      if (!isHoldfastError(error, 'master.notOffered')) throw error
    }
  }
  return false
}
