import * as z from 'zod';
import { dialects } from './dialect.ts';

/** Which server, data and account a workspace belongs to. Kept in the user's state, never taken from the workspace. */
export const bindingSchema = z.object({
  /** Where the server was reached last; the binding itself is to `serverId`, wherever it listens. */
  origin: z.url(),
  serverId: z.string(),
  datasetId: z.string(),
  epoch: z.int(),
  account: z.string(),
  /** What kind of server it is. */
  dialect: z.enum(dialects),
  /** Only these projects are read and shown; absent: all. It does not make another binding. */
  projects: z.array(z.string()).min(1).optional(),
});
export type Binding = Readonly<z.infer<typeof bindingSchema>>;

/** A tracker that this workspace has: its local one, or that of a server that it belongs or belonged to. */
export interface KnownTracker {
  /** Unique in the workspace. */
  readonly name: string;
  /** Undefined for the local one. */
  readonly binding: Binding | undefined;
}

/** Whether two bindings are to the same data for the same account, wherever the server listens now. */
export function isSameBinding(a: Binding, b: Binding): boolean {
  return a.serverId === b.serverId && a.datasetId === b.datasetId && a.account === b.account && a.dialect === b.dialect;
}
