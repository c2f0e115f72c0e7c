import * as z from 'zod/mini';

// The messages between the extension and its webviews. Both sides check what they receive; all texts are made by the
// extension, in the person's language.

const fact = z.strictObject({ label: z.string(), text: z.string() });
const related = z.strictObject({ id: z.string(), label: z.string(), note: z.string() });

/** What the read-only view of an entity can ask to be done with it. */
export const detailsActions = ['edit', 'setStatus', 'complete', 'reopen', 'copyId'] as const;
export type DetailsAction = (typeof detailsActions)[number];

const details = z.strictObject({
  id: z.string(),
  kind: z.string(),
  label: z.string(),
  status: z.strictObject({ text: z.string(), tone: z.enum(['normal', 'good', 'bad']) }),
  /** What needs attention: overdue, blocked. */
  warnings: z.array(z.string()),
  text: z.string(),
  emptyText: z.string(),
  facts: z.array(fact),
  criteria: z.strictObject({
    label: z.string(),
    items: z.array(z.strictObject({ text: z.string(), done: z.boolean(), spoken: z.string() })),
  }),
  groups: z.array(z.strictObject({ label: z.string(), items: z.array(related) })),
  actions: z.array(z.strictObject({ action: z.enum(detailsActions), label: z.string() })),
});
export type Details = z.infer<typeof details>;

/** From the extension to the webview. */
export const hostMessage = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('show'), details }),
  z.strictObject({ type: z.literal('gone'), id: z.string(), text: z.string() }),
]);
export type HostMessage = z.infer<typeof hostMessage>;

/** From the webview to the extension. */
export const viewMessage = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({ type: z.literal('open'), id: z.string() }),
  z.strictObject({ type: z.literal('act'), action: z.enum(detailsActions) }),
]);
export type ViewMessage = z.infer<typeof viewMessage>;

/** What the webview keeps over a reload of the window. */
export const viewState = z.strictObject({ id: z.string() });
export type ViewState = z.infer<typeof viewState>;

/** @returns the message, or undefined if it is none */
export function parseHostMessage(value: unknown): HostMessage | undefined {
  return hostMessage.safeParse(value).data;
}

/** @returns the message, or undefined if it is none */
export function parseViewMessage(value: unknown): ViewMessage | undefined {
  return viewMessage.safeParse(value).data;
}

export function parseViewState(value: unknown): ViewState | undefined {
  return viewState.safeParse(value).data;
}
