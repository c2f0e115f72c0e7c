/** Joins what one action sends: https://www.w3.org/TR/trace-context/. */
export interface RequestTrace {
  /** Headers for one attempt, with an id of its own. */
  attempt(): { readonly requestId: string; readonly headers: Readonly<Record<string, string>> };
}

export function beginTrace(): RequestTrace {
  const traceId = randomHex(16);
  return {
    attempt: () => {
      const requestId = crypto.randomUUID();
      return { requestId, headers: { 'x-request-id': requestId, traceparent: `00-${traceId}-${randomHex(8)}-01` } };
    },
  };
}

function randomHex(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );
}
